/** The test of the house itself: the real tree keeps the rules, and each rule is seen to catch what it is for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  badlyNamed,
  forbiddenImports,
  importCycles,
  importsOf,
  mappedPaths,
  promqlOutsideMetrics,
  readmeCommands,
  type Sources,
  strayTests,
} from './house.ts';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const sources: Sources = new Map(
  tracked.filter((path) => path.endsWith('.ts')).map((path) => [path, readFileSync(path, 'utf8')]),
);
const readme = readFileSync('README.md', 'utf8');

describe('the house', () => {
  it('has exactly its top level', () => {
    const allowed = new Set(
      'package.json package-lock.json tsconfig.json system chaos scenarios metrics grafana README.md LICENSE biome.json knip.json vitest.config.ts vitest.layout.config.ts'.split(
        ' ',
      ),
    );
    const top = new Set(tracked.map((path) => path.split('/')[0] ?? ''));
    expect([...top].filter((name) => !allowed.has(name) && !name.startsWith('.'))).toEqual([]);
    for (const must of ['system', 'chaos', 'scenarios', 'metrics', 'grafana']) expect(top).toContain(must);
  });

  it('imports one way', () => {
    expect(importsOf(sources).length).toBeGreaterThan(100);
    expect(forbiddenImports(sources)).toEqual([]);
  });

  it('imports only what exists', () => {
    expect(importsOf(sources).filter(({ to }) => !existsSync(to))).toEqual([]);
  });

  it('has no import cycles', () => expect(importCycles(sources)).toEqual([]));

  it('has no drawer for odds and ends', () => expect(badlyNamed(tracked)).toEqual([]));

  it('keeps tests beside what they test', () => expect(strayTests(tracked)).toEqual([]));

  it('writes PromQL in metrics/ only', () => expect(promqlOutsideMetrics(sources)).toEqual([]));

  it('has everything that the map in README names', () => {
    expect(mappedPaths(readme).length).toBeGreaterThan(4);
    expect(mappedPaths(readme).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('pins one Prometheus: the one compiled in, and the one it is compared with', () => {
    const pin = (file: string) => /prometheus\/prometheus (v[\d.]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    expect(pin('metrics/prometheus/engine/go.mod')).toBe(pin('.ci/prometheus/go.mod'));
    expect(pin('.ci/prometheus/go.mod')).toMatch(/^v0\.\d+\.\d+$/);
  });

  it('runs in CI every command that README shows', () => {
    const ci = readFileSync('.ci/run', 'utf8');
    const commands = readmeCommands(readme).flatMap((line) => line.split(/\s*&&\s*/));
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((command) => !ci.includes(command))).toEqual([]);
  });
});

describe('the rules catch what they are for', () => {
  it.each([
    ['chaos/run.ts', "import { a } from '../system/layer/config.ts';"],
    ['system/gateway/main.ts', "import { a } from '../session/store.ts';"],
    ['system/gateway/main.ts', "import { a } from '../../chaos/manifest.ts';"],
    ['system/manifests/resilient.ts', "import { a } from '../../chaos/manifest.ts';"],
    ['system/operate/health.ts', "import { a } from '../gateway/status/system-status.ts';"],
    ['system/operate/health.ts', "import { a } from '../runtime/ledger/ledger.ts';"],
    ['system/runtime/main.ts', "import { a } from '../operate/start.ts';"],
    ['system/layer/config.ts', "import { a } from '../gateway/server.ts';"],
    ['scenarios/noop.ts', "import type { A } from '../chaos/plan/plan.ts';"],
    ['metrics/slis.ts', "import type { A } from '../chaos/plan/plan.ts';"],
    ['grafana/board.ts', "export * from '../system/layer/wire.ts';"],
    ['chaos/load.ts', "const a = await import('../system/manifests/resilient.ts');"],
    ['system/skills/a/run.ts', "import { a } from '../../layer/config.ts';"],
  ])('%s: %s', (file, source) => {
    expect(forbiddenImports(new Map([[file, source]]))).toHaveLength(1);
  });

  it('sees a cycle, through type imports too', () => {
    const cycle = new Map([
      ['chaos/a.ts', "import { b } from './b.ts';"],
      ['chaos/b.ts', "import type {\n  C,\n} from './c.ts';"],
      ['chaos/c.ts', "export { a } from './a.ts';"],
    ]);
    expect(importCycles(cycle)).toEqual([['chaos/a.ts', 'chaos/b.ts', 'chaos/c.ts', 'chaos/a.ts']]);
  });

  it('sees PromQL wherever it does not belong', () => {
    const query = (text: string) => `const query = '${text}';`;
    expect(
      promqlOutsideMetrics(
        new Map([
          ['chaos/a.ts', query('count(up == 1)')],
          ['chaos/b.ts', query('up{job="openclaw"}')],
          ['grafana/c.ts', query('sum by (layer) (x)')],
          ['system/d.ts', query('max(last_over_time(x[5m]))')],
          ['scenarios/e.ts', query('ALERTS{alertname="A"}')],
          ['metrics/f.ts', query('up{job="openclaw"}')],
          ['chaos/g.test.ts', query('up{job="openclaw"}')],
          ['chaos/h.ts', 'const sum = (by) => count(up, rate);'],
        ]),
      ),
    ).toEqual(['chaos/a.ts', 'chaos/b.ts', 'grafana/c.ts', 'system/d.ts', 'scenarios/e.ts']);
  });

  it('sees a bad name, a stray test, a stale map', () => {
    expect(badlyNamed(['chaos/utils.ts', 'system/helpers/a.ts', 'chaos/utilisation.ts'])).toHaveLength(2);
    expect(
      strayTests(['chaos/a.ts', 'chaos/a.test.ts', 'chaos/b.test.ts', 'chaos/a.kills.test.ts', 'chaos/c/c.test.ts']),
    ).toEqual(['chaos/b.test.ts']);
    expect(mappedPaths("## What's here\n| folder | is |\n|---|---|\n| `gone/` | x |\n\n## Next\n| `no` |")).toEqual([
      'gone/',
    ]);
    expect(readmeCommands('```sh\nnpm ci && npm run chaos   # all\n```')).toEqual(['npm ci && npm run chaos']);
  });
});
