import { rm } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import type { PlatformProvider } from '../platform/platform.ts';
import type { PlayedRun } from '../run/worker/messages.ts';
import { colorsFor } from '../terminal/colors.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { planOf } from '../verdict/verdict.fixture.ts';
import { playAll } from './run.ts';

let results: readonly PlayedRun[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const { runDir } of results) await rm(runDir, { recursive: true, force: true });
});

it('prepares once, shows the runs until the last has ended, and their verdicts meanwhile', async () => {
  // The workers find no engine, so that their runs end at once.
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  const happened: string[] = [];
  const terminal: Terminal = {
    colors: colorsFor({}, {}),
    columns: 80,
    line: (text) => happened.push(text),
    lines: (texts) => happened.push(texts.find((text) => text !== '') ?? ''),
    problem: (text) => happened.push(text),
    watch: (plans) => ({
      listen: ({ scenarioName }) => ({ ended: () => happened.push(`${scenarioName} ended`) }),
      [Symbol.dispose]: () => happened.push(`${plans.length} shown no more`),
    }),
  };
  const provider: PlatformProvider = {
    name: 'docker',
    check: async () => ({ available: true, detail: 'as far as it knows' }),
    prepare: async ({ onProgress }) => onProgress('building'),
    start: vi.fn(),
    recover: async () => [],
  };
  const plans = ['one', 'two'].map((scenarioName) => ({ ...planOf({ scenarioName }), platform: 'docker' }));
  const options = { target: 'sample', platform: 'docker', seed: 7, workers: 1 };
  results = await playAll({ plans, platform: { provider } }, options, terminal);
  expect(happened.map((text) => text.split(': ')[0])).toEqual([
    'platform docker (as far as it knows)',
    'target sample, seed 7, 2 scenarios, one at a time',
    'building',
    'one ended',
    'NO VERDICT  one on sample',
    '2 shown no more',
  ]);
  expect(results[0]?.error?.message).toContain('no Docker engine answers');
});
