import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlan } from '../plan/plan.ts';
import { manifest, scenario } from '../verdict/verdict.fixture.ts';
import { builtInScenarios, loadManifest, loadScenarios, manifestNames, scenarioNames } from './load.ts';
import { problemLine } from './problem.ts';

const here = dirname(dirname(import.meta.dirname));

async function target(name: string) {
  const { loaded, problems } = await loadManifest(name, here);
  expect(problems).toEqual([]);
  if (loaded === undefined) throw new Error('no manifest, and no problem');
  return loaded;
}

describe('the files of this project', () => {
  it('are thirteen scenarios and two targets', async () => {
    expect(await scenarioNames(here)).toEqual([
      'clock-jump',
      'crash-loop',
      'disk-full',
      'flapping-link',
      'gateway-down',
      'half-open',
      'network-partition',
      'process-restart',
      'resume-storm',
      'runtime-restart',
      'slow-gateway',
      'torn-state',
      'websocket-drop',
    ]);
    expect(await manifestNames(here)).toEqual(['coupled', 'resilient']);
  });

  it.each(['resilient', 'coupled'])('all make a plan for %s', async (name) => {
    const own = await target(name);
    const all = await loadScenarios([], own, here);
    const builtIn = await loadScenarios(Object.keys(builtInScenarios), own, here);
    expect([...all.problems, ...builtIn.problems].map(problemLine)).toEqual([]);
    for (const { scenario: one, name: scenarioName, file } of [...all.loaded, ...builtIn.loaded]) {
      const plan = makePlan({ scenario: one, scenarioName, file, manifest: own, platform: 'docker', seed: 1 });
      expect(plan.checks.length).toBeGreaterThan(30);
      expect(Object.keys(one.skills)).toContain(one.user?.runSkill);
    }
  });

  it('are found by path too', async () => {
    const own = await target('./system/manifests/resilient.ts');
    const { loaded } = await loadScenarios(['scenarios/slow-gateway.ts'], own, here);
    expect(loaded.map(({ name, file }) => ({ name, file }))).toEqual([
      { name: 'slow-gateway', file: 'scenarios/slow-gateway.ts' },
    ]);
  });
});

describe('names that do not exist', () => {
  it('are answered with the nearest', async () => {
    const { problems } = await loadManifest('copled', here);
    expect(problems.map(problemLine)).toEqual(['no target "copled"; did you mean "coupled"?']);
    const scenarios = await loadScenarios(['gateway-dwon', 'nop'], manifest, here);
    expect(scenarios.problems.map(problemLine)).toEqual([
      'no scenario "gateway-dwon"; did you mean "gateway-down"?',
      'no scenario "nop"; did you mean "noop"?',
    ]);
  });
});

describe('files of somebody else', () => {
  let root: string;
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chaos-load-'));
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it('are all looked at, and all their problems are told at once', async () => {
    await write('scenarios/a.ts', `export default ${JSON.stringify({ ...scenario, settleMs: 1 })}`);
    await write('scenarios/b.ts', 'export const b = 1');
    await write('scenarios/c.ts', 'export default {');
    await write('scenarios/d.ts', 'throw new Error("on purpose")');
    await write('scenarios/e.ts', `export default ${JSON.stringify(scenario)}`);
    await write('scenarios/e.test.ts', 'throw new Error("not a scenario")');
    const { loaded, problems } = await loadScenarios([], manifest, root);
    expect(loaded.map(({ name }) => name)).toEqual(['e']);
    const lines = problems.map(problemLine);
    expect(lines).toContain("scenarios/a.ts: settleMs: 1 won't do; give at least 5000");
    expect(lines).toContain('scenarios/b.ts: exports nothing by default; write `export default { … }`');
    expect(lines.some((line) => line.startsWith('scenarios/c.ts: cannot be loaded: '))).toBe(true);
    expect(lines).toContain('scenarios/d.ts: cannot be loaded: on purpose; mend the file so that node can import it');
  });

  it('are missed where there are none', async () => {
    const { problems } = await loadScenarios([], manifest, root);
    expect(problems.map(problemLine)).toEqual(['scenarios: no scenario lies here; add one, or name one by its path']);
  });

  it('may be a manifest that leads nowhere, and hear about each dead end', async () => {
    const broken = {
      ...manifest,
      links: { ...manifest.links, 'client-session': { from: 'cleint', to: 'sesion' } },
      skills: { local: { requires: ['gatway'] } },
      effects: { node: 'runtim', file: 'x' },
    };
    await write('m.ts', `export default ${JSON.stringify(broken)}`);
    const { loaded, problems } = await loadManifest('m.ts', root);
    expect(loaded).toBeUndefined();
    expect(problems.map(problemLine)).toEqual([
      'm.ts: links["client-session"].from: no node "cleint"; did you mean "client"?',
      'm.ts: links["client-session"].to: no node "sesion"; did you mean "session"?',
      'm.ts: skills.local.requires[0]: no node "gatway"; did you mean "gateway"?',
      'm.ts: effects.node: no node "runtim"; did you mean "runtime"?',
    ]);
  });

  it('may be no manifest at all', async () => {
    await write('m.ts', 'export default { nodes: { a: { port: 70000 } }, tiltle: "x" }');
    const { problems } = await loadManifest('m.ts', root);
    const fields = problems.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['name', 'links', 'nodes.a.port', 'nodes.a.command', 'tiltle']));
  });
});
