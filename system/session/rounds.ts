/** Visits everyone of many, a part in each turn of the event loop so that nothing else has to wait; one round after the other. */
export class Rounds<T> {
  readonly #everyone: () => Iterable<T>;
  readonly #perTurn: number;
  readonly #waiting: ((one: T) => void)[] = [];
  #running = false;

  constructor(everyone: () => Iterable<T>, perTurn: number) {
    this.#everyone = everyone;
    this.#perTurn = perTurn;
  }

  /** Rounds that have not begun. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Begins at once unless a round is under way. Who comes later than the round's beginning is not visited. */
  start(visit: (one: T) => void): void {
    this.#waiting.push(visit);
    if (!this.#running) this.#next();
  }

  #next(): void {
    const visit = this.#waiting.shift();
    this.#running = visit !== undefined;
    if (visit !== undefined) this.#go([...this.#everyone()], 0, visit);
  }

  #go(everyone: readonly T[], from: number, visit: (one: T) => void): void {
    const to = Math.min(everyone.length, from + this.#perTurn);
    for (const one of everyone.slice(from, to)) visit(one);
    if (to === everyone.length) this.#next();
    else setImmediate(() => this.#go(everyone, to, visit));
  }
}
