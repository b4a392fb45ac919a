/** A stage: one toxic at work on one direction of one connection. Bytes are pushed from stage to stage in one call stack. */
import type { Attributes } from '../toxic.ts';

/** Where bytes go next. */
export interface Sink {
  /** Takes the chunk over. `at` is when it came, or was due to come, to this place: ms, as `performance.now()`. */
  push(chunk: Buffer, at: number): void;
  /** No more bytes: the connection closes when this arrives at its end. */
  end(): void;
  /** What waits from here on, in bytes and overheads; Infinity while the destination takes no more. */
  load(): number;
}

/** What a stage is told of the chain that it stands in. */
export interface StageContext {
  readonly random: () => number;
  /** Must be called when the stage, by itself, let go of bytes that waited. */
  readonly relieved: () => void;
}

export interface ToxicType {
  /** Every attribute with its default. */
  readonly defaults: Attributes;
  /** Why these attributes are refused; undefined: they are fine. */
  check?(attributes: Attributes): string | undefined;
  create(context: StageContext): Stage;
}

/** While so much waits after it, a stage or the source holds back: bytes, and `chunkOverhead` a chunk. */
export const loadLimit = 4 * 1024 * 1024;
/** What a waiting chunk costs beside its bytes. */
export const chunkOverhead = 384;

/** Passes everything on, like the `noop` that it serves as; what a toxic does else it overrides. */
export class Stage implements Sink {
  next!: Sink;
  /** It has ended the connection, or begun to in a way that can't be called off: neither update nor removal touches it. */
  committed = false;

  push(chunk: Buffer, at: number): void {
    this.next.push(chunk, at);
  }

  end(): void {
    this.next.end();
  }

  load(): number {
    return this.next.load();
  }

  /** Begins with these attributes, or goes on with them after an interruption, which each type answers as Toxiproxy's does. */
  run(_attributes: Attributes): void {}

  /** Passes on at once what it holds: from now on bytes go past it. */
  release(): void {}

  /** The toxic is removed for good. */
  retire(): void {
    this.release();
  }

  /** There may be room after it again. */
  wake(): void {}

  /** The connection is gone: no timer may stay. */
  dispose(): void {}
}
