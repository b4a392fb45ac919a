/** Every metric of the catalogue is on some dashboard, or it stands here with the reason why not. */
import { expect, test } from 'vitest';
import { catalog } from '../metrics/catalog.ts';
import { dashboards } from './dashboards.ts';
import { queriesOf } from './testing/queries.ts';
import { metricOf, vocabularyOf } from './testing/vocabulary.ts';

const notShown: Readonly<Record<string, string>> = {
  chaos_fault_heal_timestamp_seconds: 'recovery counts from the start of recovery, which is the heal or the last blow',
  chaos_recorder_sequence: 'for the harness: a verdict waits until Prometheus has answered with the last one',
  chaos_operator_checks_total: 'of two scenarios only, and judged there run by run',
};

const shown = new Set(
  Object.values(dashboards)
    .flatMap(queriesOf)
    .flatMap(({ expr }) => vocabularyOf(expr).selectors.map(({ metric }) => metricOf(metric))),
);

test('every metric is shown, or said why not', () => {
  const missing = Object.keys(catalog).filter((name) => !shown.has(name as keyof typeof catalog));
  expect(missing.sort()).toEqual(Object.keys(notShown).sort());
});
