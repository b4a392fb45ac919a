/** What a person or a log reads of a demo: lines as things happen; on a terminal, below them, a picture of now that is redrawn in place. */
import { createLogUpdate } from 'log-update';
import { nowMs } from '../observe/clock.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import { clip } from '../terminal/clip.ts';
import type { Colors } from '../terminal/colors.ts';
import { faultLine, stageLine } from '../terminal/event-text.ts';
import { layerChanges } from '../terminal/layer-changes.ts';
import { seconds } from '../terminal/live-frame.ts';
import { RunState } from '../terminal/run-state.ts';
import { pictureLines } from './frame.ts';
import type { RoundResult } from './round-result.ts';
import { roundLines } from './round-text.ts';
import type { DemoListener } from './stage.ts';
import { emptyTally, type Tally, tallied } from './tally.ts';

const redrawMs = 250;
const latestShown = 3;

export interface ViewOptions {
  readonly target: string;
  readonly stream: NodeJS.WriteStream;
  readonly colors: Colors;
  /** Redraws a picture; else plain lines only. */
  readonly isLive: boolean;
}

export class DemoView implements DemoListener, Disposable {
  readonly #options: ViewOptions;
  readonly #startMs = nowMs();
  readonly #state: RunState;
  readonly #changes = layerChanges();
  readonly #draw: ReturnType<typeof createLogUpdate> | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #tally = emptyTally;
  #latest: readonly RoundResult[] = [];
  #firing: readonly string[] | undefined;
  /** What fired when Prometheus last said so. */
  #told: readonly string[] = [];
  #nextMs: number | undefined;
  #isUp = false;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#state = new RunState({ scenarioName: 'demo', target: options.target });
    if (!options.isLive) return;
    this.#draw = createLogUpdate(options.stream);
    this.#timer = setInterval(() => this.#redraw(), redrawMs);
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** Everything runs: from now on there is something to see. */
  up(): void {
    this.#isUp = true;
    this.#state.stage('steady-state');
    if (!this.#options.isLive) this.#event(stageLine('steady-state'));
  }

  /** Layers cease to answer because they are taken away. */
  down(): void {
    this.#isUp = false;
    this.#draw?.clear();
  }

  line(text: string): void {
    this.#draw?.clear();
    this.#options.stream.write(`${text}\n`);
    this.#redraw();
  }

  next(atMs: number | undefined): void {
    this.#nextMs = atMs;
    this.#state.stage('timeline');
    const inS = atMs === undefined ? 0 : Math.round((atMs - nowMs()) / 1_000);
    if (inS > 0 && !this.#options.isLive) this.#event(`next fault in ${inS} s`);
  }

  fault(event: FaultEvent): void {
    this.#state.fault(event);
    // Of many that follow each other quickly the proof says how many took effect.
    if (event.what === 'blow') return;
    const { colors: c } = this.#options;
    const line = faultLine(event);
    if (event.what === 'injected' || event.what === 'not-undone') this.#event(c.red(line));
    else this.#event(event.what === 'healed' ? c.green(line) : line);
  }

  snapshot(snapshot: Snapshot): void {
    if (!this.#isUp) return;
    this.#state.snapshot(snapshot);
    for (const change of this.#changes(snapshot)) if (!this.#options.isLive) this.#event(change);
  }

  ended(result: RoundResult): void {
    this.#tally = tallied(this.#tally, result);
    this.#latest = [...this.#latest, result].slice(-latestShown);
    for (const line of roundLines(result, this.#options.colors)) this.#event(line);
  }

  cutShort(): void {
    this.#tally = { ...this.#tally, cutShort: this.#tally.cutShort + 1 };
  }

  alerts(firing: readonly string[] | undefined): void {
    if (!this.#isUp) return;
    this.#firing = firing;
    if (firing === undefined || this.#options.isLive) return;
    const before = this.#told;
    this.#told = firing;
    for (const name of firing.filter((one) => !before.includes(one))) this.#event(`alert fires: ${name}`);
    for (const name of before.filter((one) => !firing.includes(one))) this.#event(`alert resolved: ${name}`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#draw?.clear();
    // Shows the cursor again.
    this.#draw?.done();
  }

  #event(text: string): void {
    const { isLive, stream, colors } = this.#options;
    const line = `${colors.dim(seconds(nowMs() - this.#startMs))}  ${text}`;
    this.line(isLive ? clip(line, stream.columns || 80) : line);
  }

  #redraw(): void {
    if (this.#draw === undefined || !this.#isUp) return;
    const { stream, colors } = this.#options;
    const picture = {
      frame: this.#state.frame(),
      tally: this.#tally,
      nextInMs: this.#nextMs === undefined ? undefined : this.#nextMs - nowMs(),
      latest: this.#latest,
      firing: this.#firing,
    };
    this.#draw(pictureLines(picture, { columns: stream.columns || 80, rows: stream.rows || 24 }, colors).join('\n'));
  }
}
