/** The toxics of one direction of one connection, in order; those that chance left out are not in the path of its bytes. */
import type { ToxicState } from './toxic.ts';
import { toxicTypeOf } from './toxics/registry.ts';
import { loadLimit, type Sink, Stage, type StageContext } from './toxics/stage.ts';

interface Slot {
  /** Undefined: removed, but its stage is committed to what it has begun. */
  toxic: ToxicState | undefined;
  readonly stage: Stage;
  /** Drawn by toxicity. */
  active: boolean;
}

export interface ChainOptions {
  readonly toxics: readonly ToxicState[];
  readonly outlet: Sink;
  readonly random: () => number;
  /** There may be room for more bytes again. */
  readonly onRoom: () => void;
}

export class Chain {
  readonly #outlet: Sink;
  readonly #context: StageContext;
  readonly #onRoom: () => void;
  readonly #slots: Slot[] = [];
  #first: Sink;
  #disposed = false;

  constructor({ toxics, outlet, random, onRoom }: ChainOptions) {
    this.#outlet = outlet;
    this.#first = outlet;
    this.#onRoom = onRoom;
    this.#context = { random, relieved: () => this.wake() };
    for (const toxic of toxics) this.#append(toxic);
  }

  push(chunk: Buffer): void {
    this.#first.push(chunk, this.#first === this.#outlet ? 0 : performance.now());
  }

  end(): void {
    this.#first.end();
  }

  /** No stage is in the way of the bytes. */
  get isBare(): boolean {
    return this.#first === this.#outlet;
  }

  get hasRoom(): boolean {
    return this.#first.load() < loadLimit;
  }

  /** No stage holds anything, and the destination takes more. */
  get isIdle(): boolean {
    return this.#first.load() === 0;
  }

  add(toxic: ToxicState): void {
    if (this.#disposed) return;
    // As in Toxiproxy: the last one is interrupted first, and draws again.
    this.#rerun(this.#slots.at(-1));
    // What it let go of may have ended the connection.
    if (!this.#disposed) this.#append(toxic);
  }

  update(toxic: ToxicState): void {
    const slot = this.#slots.find((each) => each.toxic?.name === toxic.name);
    if (slot === undefined || this.#disposed) return;
    slot.toxic = toxic;
    this.#rerun(slot);
    this.wake();
  }

  remove(name: string): void {
    const index = this.#slots.findIndex((each) => each.toxic?.name === name);
    const slot = this.#slots[index];
    if (slot === undefined || this.#disposed) return;
    if (!slot.stage.committed) slot.stage.retire();
    // It may have ended the connection.
    if (this.#disposed) return;
    slot.toxic = undefined;
    if (!slot.stage.committed) this.#slots.splice(index, 1);
    this.#link();
    this.#rerun(this.#slots[index - 1]);
    this.wake();
  }

  /** Lets go of what waited for room, from the end on. */
  wake(): void {
    for (const { stage } of this.#slots.toReversed()) stage.wake();
    if (this.hasRoom) this.#onRoom();
  }

  /** The way has ended: nothing acts on it any more. */
  dispose(): void {
    this.#disposed = true;
    for (const { stage } of this.#slots) stage.dispose();
  }

  #append(toxic: ToxicState): void {
    const stage = toxicTypeOf(toxic.type)?.create(this.#context) ?? new Stage();
    const slot = { toxic, stage, active: this.#draw(toxic) };
    this.#slots.push(slot);
    this.#link();
    if (slot.active) stage.run(toxic.attributes);
  }

  #rerun(slot: Slot | undefined): void {
    if (slot?.toxic === undefined || slot.stage.committed) return;
    slot.active = this.#draw(slot.toxic);
    if (slot.active) slot.stage.run(slot.toxic.attributes);
    else slot.stage.release();
    this.#link();
  }

  #draw({ toxicity }: ToxicState): boolean {
    return this.#context.random() < toxicity;
  }

  /** Dormant stages lead on to the next active one too: what they hold still, or are asked to end, goes there. */
  #link(): void {
    let next = this.#outlet;
    for (const { stage, active } of this.#slots.toReversed()) {
      stage.next = next;
      if (active) next = stage;
    }
    this.#first = next;
  }
}
