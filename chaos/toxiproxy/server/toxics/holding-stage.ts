/** A stage that holds chunks back, in order, and lets them go in pieces, each when it is due and there is room after it. */
import type { Attributes } from '../toxic.ts';
import { Alarm } from './alarm.ts';
import { chunkOverhead, loadLimit, Stage, type StageContext } from './stage.ts';

export interface Held {
  /** What is left of it; empty with `last`. */
  chunk: Buffer;
  /** When it came to the proxy, or was due to leave the toxic before. */
  readonly at: number;
  /** When it came to this stage. */
  readonly entered: number;
  /** The end of the stream, which waits for its turn as bytes do. */
  readonly last: boolean;
  next: Held | undefined;
}

/** The event loop belongs to other connections too: so many pieces go out in one turn. */
const piecesPerTurn = 64;
const nothing = Buffer.alloc(0);

export abstract class HoldingStage extends Stage {
  #head: Held | undefined;
  #tail: Held | undefined;
  #held = 0;
  /** The piece of the head that goes next. */
  #length = 0;
  #due: number | undefined;
  readonly #alarm: Alarm;

  constructor({ relieved }: StageContext) {
    super();
    this.#alarm = new Alarm(() => {
      this.wake();
      relieved();
    });
  }

  /** How many of the head's bytes leave next, at least 1. */
  protected abstract pieceLength(head: Held): number;
  /** When they leave: ms, as `performance.now()`; Infinity: not before the toxic changes. */
  protected abstract dueAt(head: Held, length: number): number;
  /** They leave; returns what the next stage is told as the time of their coming. */
  protected leaving(head: Held, _due: number, _now: number): number {
    return head.at;
  }
  protected abstract configure(attributes: Attributes): void;

  override push(chunk: Buffer, at: number): void {
    this.#append({ chunk, at, entered: performance.now(), last: false, next: undefined });
  }

  override end(): void {
    this.#append({ chunk: nothing, at: 0, entered: 0, last: true, next: undefined });
  }

  override load(): number {
    return this.#held + this.next.load();
  }

  /** Toxiproxy lets go of the chunk in hand when it interrupts a toxic; those behind it get the new attributes. */
  override run(attributes: Attributes): void {
    if (this.#head !== undefined) this.#emit(this.#head, this.#head.chunk.length, this.#head.at);
    this.#due = undefined;
    this.configure(attributes);
    this.wake();
  }

  override release(): void {
    this.#alarm.cancel();
    while (this.#head !== undefined) this.#emit(this.#head, this.#head.chunk.length, this.#head.at);
    this.#due = undefined;
  }

  override dispose(): void {
    this.#alarm.cancel();
    this.#head = undefined;
    this.#tail = undefined;
    this.#held = 0;
  }

  override wake(): void {
    for (let pieces = 0; this.#head !== undefined; pieces++) {
      const head: Held = this.#head;
      if (!head.last && this.next.load() >= loadLimit) return;
      const due = head.last ? 0 : this.#dueOf(head);
      const now = performance.now();
      if (due > now || pieces === piecesPerTurn) {
        this.#alarm.set(due);
        return;
      }
      const at = head.last ? 0 : this.leaving(head, due, now);
      this.#due = undefined;
      this.#emit(head, this.#length, at);
    }
  }

  #dueOf(head: Held): number {
    if (this.#due === undefined) {
      this.#length = Math.min(this.pieceLength(head), head.chunk.length);
      this.#due = this.dueAt(head, this.#length);
    }
    return this.#due;
  }

  #append(held: Held): void {
    this.#held += held.chunk.length + chunkOverhead;
    const first = this.#tail === undefined;
    if (this.#tail === undefined) this.#head = held;
    else this.#tail.next = held;
    this.#tail = held;
    if (first) this.wake();
  }

  /** `length` bytes of the head, or the end of the stream, go on. */
  #emit(head: Held, length: number, at: number): void {
    const { chunk } = head;
    if (length < chunk.length) {
      this.#held -= length;
      head.chunk = chunk.subarray(length);
      this.next.push(chunk.subarray(0, length), at);
      return;
    }
    this.#held -= chunk.length + chunkOverhead;
    this.#head = head.next;
    if (this.#head === undefined) this.#tail = undefined;
    if (head.last) this.next.end();
    else this.next.push(chunk, at);
  }
}
