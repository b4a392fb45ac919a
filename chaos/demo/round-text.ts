/** What a round showed, and what all of them did, in words. Pure. */
import type { Colors } from '../terminal/colors.ts';
import { counted } from '../terminal/event-text.ts';
import type { Recovery, RoundResult } from './round-result.ts';
import { type DemoEnd, exitOf, type Tally } from './tally.ts';

/** The result in one line, and one for each reason if it was not held. */
export function roundLines(
  { fault, outcome, reasons, recoveries, ...kept }: RoundResult,
  c: Colors,
): readonly string[] {
  const verdict = { held: c.green('HELD'), broken: c.red('BROKEN'), inconclusive: c.yellow('INCONCLUSIVE') }[outcome];
  const recovered = recoveries.length === 0 ? '' : `recovered: ${recoveriesText(recoveries)}; `;
  return [
    `${fault ?? 'no fault'}: ${verdict}  ${recovered}${keptText(kept)}`,
    ...reasons.map((reason) => `  ${reason}`),
  ];
}

/** `gateway 0.31 s, end to end 0.62 s` */
export function recoveriesText(recoveries: readonly Recovery[]): string {
  return recoveries.map(({ layer, seconds }) => `${layer} ${seconds.toFixed(2)} s`).join(', ');
}

/** `41 slots due, 0 missed; 87 messages, 0 lost` */
export function keptText({ slots, messages, lost, doubled }: Kept): string {
  const late = slots.late === 0 ? '' : `, ${slots.late} late`;
  const twice = doubled === 0 ? '' : `, ${doubled} twice`;
  return `${counted(slots.due, 'slot')} due, ${slots.missed} missed${late}; ${counted(messages, 'message')}, ${lost} lost${twice}`;
}

type Kept = Pick<Tally, 'slots' | 'messages' | 'lost' | 'doubled'>;

export function endLines(end: DemoEnd, c: Colors): readonly string[] {
  const { tally, notUndone } = end;
  const { rounds, cutShort, faults, slowest } = tally;
  const outcomes = Object.entries(rounds)
    .filter(([outcome, count]) => count > 0 || outcome === 'held')
    .map(([outcome, count]) => `${count} ${outcome}`);
  const told = [outcomes.join(', '), ...(cutShort > 0 ? [`${cutShort} more cut short`] : [])].join('; ');
  const { code, why } = exitOf(end);
  const slow = slowest && `slowest recovery ${slowest.seconds.toFixed(2)} s (${slowest.layer} after ${slowest.fault})`;
  return [
    c.bold('The demo is over'),
    `  ${counted(rounds.held + rounds.broken + rounds.inconclusive, 'round')} (${told}), ${counted(faults, 'fault')}${slow === undefined ? '' : `, ${slow}`}`,
    `  ${keptText(tally)}`,
    ...notUndone.map((text) => c.red(`  may still stand: ${text}`)),
    `  exit code ${code}: ${why}`,
  ];
}
