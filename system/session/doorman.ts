/** Lets clients in, some in each turn of the event loop and with one wait for the disk, however many come at once. */
import type { Limits } from './limits.ts';
import type { Admission, Admittance } from './store/session-store.ts';

export interface Guest {
  readonly wanted: Admittance;
  readonly waits: boolean;
  admitted(admission: Admission): void;
  failed(error: unknown): void;
}

export class Doorman {
  readonly #admit: (wanted: readonly Admittance[]) => Admission[];
  readonly #perTurn: number;
  #waiting: Guest[] = [];
  #scheduled = false;

  constructor(admit: (wanted: readonly Admittance[]) => Admission[], limits: Pick<Limits, 'hellosPerTurn'>) {
    this.#admit = admit;
    this.#perTurn = limits.hellosPerTurn;
  }

  /** Those who wait are bounded by the connections there can be. */
  receive(guest: Guest): void {
    this.#waiting.push(guest);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#admitSome();
      this.#schedule();
    });
  }

  #admitSome(): void {
    const guests = this.#waiting.slice(0, this.#perTurn).filter(({ waits }) => waits);
    this.#waiting = this.#waiting.slice(this.#perTurn);
    let admissions: Admission[];
    try {
      admissions = this.#admit(guests.map(({ wanted }) => wanted));
    } catch (error) {
      for (const guest of guests) guest.failed(error);
      return;
    }
    for (const [index, admission] of admissions.entries()) guests[index]?.admitted(admission);
  }
}
