/** What the engine, not a query, failed at. A query that fails is an `Answer` with `ok: false`. */
export class EngineError extends Error {
  /** What the reader can do about it. */
  readonly mend: string | undefined;

  constructor(message: string, mend?: string) {
    super(message);
    this.name = 'EngineError';
    this.mend = mend;
  }
}
