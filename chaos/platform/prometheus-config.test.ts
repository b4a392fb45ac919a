import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixture } from './fixture/manifest.ts';
import { prometheusConfig, rulesIn } from './prometheus-config.ts';

it('scrapes the recorder, and every node past its links', () => {
  const text = prometheusConfig(fixture, { recorder: 'harness:4321', node: (name) => `${name}:${name.length}` });
  const { global, scrape_configs: jobs } = parse(text);
  expect(global.scrape_interval).toBe('1s');
  expect(jobs).toEqual([
    { job_name: 'chaos', static_configs: [{ targets: ['harness:4321'] }] },
    {
      job_name: 'openclaw',
      static_configs: [
        { targets: ['front:5'], labels: { layer: 'front', __metrics_path__: '/metrics' } },
        { targets: ['back:4'], labels: { layer: 'back', __metrics_path__: '/metrics' } },
      ],
    },
  ]);
});

it('evaluates every second the rules that lie beside it, and names no file without any', () => {
  const targets = { recorder: 'harness:4321', node: (name: string) => name };
  const rules = rulesIn('/etc/prometheus', [{ name: 'a.yml', text: 'groups: []' }]);
  expect(rules).toEqual([{ path: '/etc/prometheus/rules/a.yml', text: 'groups: []' }]);
  const { global, rule_files: files } = parse(prometheusConfig(fixture, targets, rules));
  expect(global.evaluation_interval).toBe('1s');
  expect(files).toEqual(['/etc/prometheus/rules/a.yml']);
  expect(parse(prometheusConfig(fixture, targets))).not.toHaveProperty('rule_files');
});
