/** What became of a run's alerts, in one line: which fired and how soon, and how many were silent. Pure. */
import type { Plan } from '../plan/plan-shape.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Nothing for a run that judged none. */
export function alertsLine({ entries, topology }: Plan, { results }: Verdict): readonly string[] {
  if (topology.alerts.length === 0) return [];
  const figureOf = (sli: string, fault: string, alert: string) =>
    results.find(({ check }) => check.id.startsWith(`objective/${sli}/${fault}/${alert}/`))?.values[0]?.value;
  const fired = entries.flatMap(({ name, alerts = [] }) =>
    alerts.map(({ alert }) => {
      const afterSeconds = figureOf('alertFiredSeconds', name, alert);
      const overSeconds = figureOf('alertResolvedSeconds', name, alert);
      if (afterSeconds === undefined) return `${alert} not seen (${name})`;
      const over = overSeconds === undefined ? '' : `, over after ${overSeconds.toFixed(1)} s`;
      return `${alert} after ${afterSeconds.toFixed(1)} s${over} (${name})`;
    }),
  );
  const expected = new Set<string>(entries.flatMap(({ alerts = [] }) => alerts.map(({ alert }) => alert)));
  const heard = results.find(({ check }) => check.id.startsWith('objective/alertUnexpectedSeconds/'))?.values ?? [];
  const loud = heard.filter(({ held }) => !held).map(({ labels }) => labels.alert ?? '');
  const silent = heard.filter(({ held, labels: { alert = '' } }) => held && !expected.has(alert)).length;
  const rest = heard.length === 0 ? 'nothing known of the others' : `${silent} silent`;
  const said = [...fired, ...loud.map((alert) => `${alert} for nothing`), rest];
  return [`  alerts: ${said.join('; ')}`];
}
