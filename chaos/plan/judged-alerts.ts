/** Which alerts a run can judge at all, and which of them a scenario wants judged. Pure. */
import { type AlertName, type AlertSpec, alerts } from '../../metrics/rules/alerts.ts';
import type { Scenario } from '../scenario.ts';

/** A fault stands for seconds: what takes longer to fire is for the rules' own unit tests. */
const longestForSeconds = 15;

export const alertNames = Object.keys(alerts) as readonly AlertName[];

/** Why no run can judge it; undefined if one can. */
export function unjudgeable(alert: AlertName): string | undefined {
  const { forSeconds, windowSeconds }: AlertSpec = alerts[alert];
  if (windowSeconds !== undefined) return `it looks at windows of up to ${windowSeconds} s, and a run lasts seconds`;
  return forSeconds > longestForSeconds ? `it fires after ${forSeconds} s at the earliest` : undefined;
}

/** Those that are watched for: what an entry expects, and what must stay silent. Sorted by name. */
export function judgedAlerts({
  alerts: silence,
  timeline,
}: Pick<Scenario, 'alerts' | 'timeline'>): readonly AlertName[] {
  const expected = timeline.flatMap((entry) => (entry.alerts ?? []).map(({ alert }) => alert));
  if (silence === undefined) return [...new Set(expected)].sort();
  const { silent, mayFire = [] } = silence;
  const others =
    silent === 'all-others'
      ? alertNames.filter((alert) => unjudgeable(alert) === undefined && !mayFire.includes(alert))
      : silent;
  return [...new Set([...expected, ...others])].sort();
}
