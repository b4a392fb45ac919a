/** The base of every error of the harness: a stable code, what went wrong, and what to do about it. */

export class ChaosError extends Error {
  /** Stable, for programs: `CHAOS_…`. */
  readonly code: string;
  /** What the reader can do about it; shown below the message. */
  readonly mend: string | undefined;

  constructor(code: string, message: string, options: { readonly mend?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.mend = options.mend;
  }
}

/** The user asked for something that cannot be: nothing was started. */
export class InvalidInput extends ChaosError {}
