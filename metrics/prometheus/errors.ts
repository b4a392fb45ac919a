/** The errors that a person who starts this program may meet: what is wrong, and what to do about it. */

type ErrorCode = 'PROMETHEUS_CONFIGURATION' | 'PROMETHEUS_LISTEN' | 'PROMETHEUS_FLAG';

export class PrometheusError extends Error {
  /** Stable, for programs. */
  readonly code: ErrorCode;
  /** What the reader can do about it. */
  readonly mend: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly mend?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.mend = options.mend;
  }
}
