/** The rules, and every test of them, under the real promtool; and that no alert goes without one. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AlertName, alerts } from '../alerts.ts';
import { ruleFiles } from '../rule-files.ts';
import { promtool, referencePromtool } from './promtool.ts';
import { readTestFile, testFilePaths } from './test-file.ts';

const reference = referencePromtool();
const rulesFolder = dirname(import.meta.dirname);
const patient = { timeout: 120_000 };

it('is run with the real promtool in CI', () => {
  expect(reference !== undefined || process.env.CI === undefined, 'CHAOS_REFERENCE_PROMTOOL').toBe(true);
});

describe('the tests', () => {
  const cases = testFilePaths.flatMap((path) => readTestFile(basename(path, '.test.yml')).tests);
  const alertTests = cases.flatMap((one) => one.alert_rule_test ?? []);

  it.each(Object.keys(alerts) as AlertName[])('see %s firing and not firing, with all that it says', (alert) => {
    const own = alertTests.filter(({ alertname }) => alertname === alert);
    expect(own.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
    const firing = own.flatMap(({ exp_alerts }) => exp_alerts);
    expect(firing.length).toBeGreaterThan(0);
    for (const { exp_labels, exp_annotations } of firing) {
      expect(Object.keys(exp_labels).sort()).toEqual([...alerts[alert].labels, 'severity'].sort());
      expect(Object.keys(exp_annotations).sort()).toEqual(['description', 'runbook', 'runbook_url', 'summary']);
    }
  });

  it('know only alerts that there are', () => {
    for (const { alertname } of alertTests) expect(Object.keys(alerts)).toContain(alertname);
  });

  it('each expect something', () => {
    for (const { name, alert_rule_test: first = [], promql_expr_test: second = [] } of cases) {
      expect(first.length + second.length, name).toBeGreaterThan(0);
    }
  });
});

if (reference !== undefined) {
  it.each(ruleFiles())('$name is what promtool calls right', patient, async ({ name }) => {
    const { ok, said } = await promtool(
      reference,
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      join(rulesFolder, name),
    );
    expect(ok, said).toBe(true);
  });

  it.each(testFilePaths)('%s', patient, async (path) => {
    const { ok, said } = await promtool(reference, 'test', 'rules', path);
    expect(ok, said).toBe(true);
  });

  it('would not be satisfied with an alert that comes a second late', patient, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rules-'));
    try {
      const [present] = ruleFiles();
      const late = present?.text.replace(/(alert: OpenclawLayerDown\n.*\n\s+for: )10s/, '$111s');
      expect(late).not.toBe(present?.text);
      const test = (await readFile(join(import.meta.dirname, 'layer-down.test.yml'), 'utf8')).replace('../', '');
      await writeFile(join(folder, 'openclaw-alerts.yml'), late ?? '');
      await writeFile(join(folder, 'late.test.yml'), test);
      const { ok, said } = await promtool(reference, 'test', 'rules', join(folder, 'late.test.yml'));
      expect(ok).toBe(false);
      expect(said).toContain('OpenclawLayerDown');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
