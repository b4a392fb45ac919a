/** What a target has been scraped for and the engine has not taken yet, busy as it is with a query: so much of it, and no more. */

/** Two minutes of scrapes at 1 s: as long as a query may take by default. */
const maxScrapes = 120;
const maxBytes = 64 * 1024 * 1024;

export class Backlog {
  readonly #waiting: { readonly bytes: number; readonly taken: Promise<void> }[] = [];
  #bytes = 0;

  /** `taken` must not reject, and must resolve in the order in which they were added. */
  add(bytes: number, taken: Promise<void>): void {
    this.#bytes += bytes;
    const left = taken.then(() => {
      this.#waiting.shift();
      this.#bytes -= bytes;
    });
    this.#waiting.push({ bytes, taken: left });
  }

  /** Resolves once another scrape may be added. */
  async room(): Promise<void> {
    for (;;) {
      const [oldest] = this.#waiting;
      if (oldest === undefined || (this.#waiting.length < maxScrapes && this.#bytes < maxBytes)) return;
      await oldest.taken;
    }
  }
}
