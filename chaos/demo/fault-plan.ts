/** Which fault comes when, drawn from one seed: the same seed draws the same faults, however a demo fares. Pure. */
import type { Chance } from '../soak/chance.ts';
import { chanceFrom } from '../soak/chance.ts';
import type { Offer } from './fault-menu.ts';
import type { Pace } from './pace.ts';

export interface DrawnFault {
  readonly offer: Offer;
  /** From the start of the fault before it, or from the steady state; more if the system is not well again by then. */
  readonly gapMs: number;
  /** How long it stands; 0 for one that is over once it was dealt. */
  readonly forMs: number;
}

/** Endless. Never twice the same fault in a row, unless there is but one. */
export function* faultPlan(menu: readonly Offer[], seed: number, pace: Pace): Generator<DrawnFault, never> {
  const chance = chanceFrom(seed);
  let last: Offer | undefined;
  for (;;) {
    const others = menu.filter((offer) => offer !== last);
    const offer = weighted(others.length === 0 ? menu : others, chance);
    const gapMs = chance.between(...pace.gapMs);
    const forMs = chance.between(...pace.forMs);
    last = offer;
    yield { offer, gapMs, forMs: offer.lasts ? forMs : 0 };
  }
}

function weighted(offers: readonly Offer[], chance: Chance): Offer {
  const total = offers.reduce((sum, { weight }) => sum + weight, 0);
  let left = chance.between(1, total);
  const drawn = offers.find(({ weight }) => {
    left -= weight;
    return left <= 0;
  });
  if (drawn === undefined) throw new RangeError('there is no fault to draw from');
  return drawn;
}
