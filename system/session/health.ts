/** What the layer does less well than it should, and why; whoever wants to know is told of each change. */
type Concern = 'gateway' | 'delivery' | 'storage' | 'quarantine';

export class Health {
  readonly #reasons = new Map<Concern, string>();
  readonly #changed: () => void;

  /** `changed` is called when the first reason came, the last one went, or another one is there. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  bad(concern: Concern, reason: string): void {
    if (this.#reasons.get(concern) === reason) return;
    this.#reasons.set(concern, reason);
    this.#changed();
  }

  good(concern: Concern): void {
    if (this.#reasons.delete(concern)) this.#changed();
  }

  has(concern: Concern): boolean {
    return this.#reasons.has(concern);
  }

  reasons(): readonly string[] {
    return [...this.#reasons.values()];
  }
}
