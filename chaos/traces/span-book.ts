/** The spans of one run: each goes into the journal once, up to a number; the others are counted. */
import type { JournalEntry } from '../journal/journal-records.ts';
import { type SpanBatch, spanOf } from './otlp.ts';
import type { JournalSpan } from './span.ts';

/** A run of a minute makes some thousands. */
const maxSpans = 50_000;
/** Looked at in one go; then others get their turn: probes are made in the same process. */
const atOnce = 50;

export type TracesRecord = Extract<JournalEntry, { type: 'traces' }>;

export class SpanBook {
  readonly #write: (entry: JournalEntry) => void;
  readonly #limit: number;
  readonly #known = new Set<string>();
  #over = 0;
  #malformed = 0;
  #unwritten = 0;

  /** `write` may throw: the spans are then counted as not written. */
  constructor(write: (entry: JournalEntry) => void, limit = maxSpans) {
    this.#write = write;
    this.#limit = limit;
  }

  /** How many of them were not taken, and why. */
  async add({ service, spans }: SpanBatch): Promise<{ readonly refused: number; readonly why: string }> {
    const before = { ...this.summary };
    for (let from = 0; from < spans.length; from += atOnce) {
      this.#take(service, spans.slice(from, from + atOnce));
      await new Promise(setImmediate);
    }
    const { over, malformed, unwritten } = this.summary;
    const refusals = [
      [over - before.over, `are beyond the ${this.#limit} that a run may have`],
      [malformed - before.malformed, 'are no spans'],
      [unwritten - before.unwritten, 'could not be written down'],
    ] as const;
    const said = refusals.filter(([count]) => count > 0);
    return {
      refused: said.reduce((sum, [count]) => sum + count, 0),
      why: said.map(([count, why]) => `${count} ${why}`).join(', '),
    };
  }

  get summary(): TracesRecord {
    const counts = { over: this.#over, malformed: this.#malformed, unwritten: this.#unwritten };
    return { type: 'traces', spans: this.#known.size, ...counts };
  }

  #take(service: string, given: readonly unknown[]): void {
    const spans: JournalSpan[] = [];
    for (const raw of given) {
      const span = spanOf(raw);
      if (span === undefined) this.#malformed++;
      // An exporter that has heard no answer sends again.
      else if (this.#known.has(keyOf(span))) continue;
      else if (this.#known.size >= this.#limit) this.#over++;
      else {
        this.#known.add(keyOf(span));
        spans.push(span);
      }
    }
    if (spans.length === 0) return;
    try {
      this.#write({ type: 'spans', service, spans });
    } catch {
      for (const span of spans) this.#known.delete(keyOf(span));
      this.#unwritten += spans.length;
    }
  }
}

function keyOf({ trace, id }: JournalSpan): string {
  return trace + id;
}
