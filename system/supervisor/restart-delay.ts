/** How long to wait before a layer is started again: not at all at first, longer while it keeps dying young. */
const firstDelayMs = 100;
const maxDelayMs = 1000;
const youngMs = 3000;
const settledMs = 10_000;
/** sysexits.h EX_CONFIG: it will die of the same again until somebody mends its configuration. */
export const configurationError = 78;

export class RestartDelay {
  #deaths = 0;

  /** To be asked once at each death; milliseconds. */
  after(uptimeMs: number, exitCode: number | null): number {
    if (uptimeMs >= settledMs) this.#deaths = 0;
    const delayMs = this.#deaths === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (this.#deaths - 1));
    if (uptimeMs < youngMs) this.#deaths += 1;
    return exitCode === configurationError ? maxDelayMs : delayMs;
  }
}
