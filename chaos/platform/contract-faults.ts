/** Every kind of fault as the contract of platforms tries it on the fixture, with what must be seen while it stands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { type FaultSpec, faultOf } from '../faults/registry.ts';
import { outcome } from './fixture/look.ts';
import type { Platform, PlatformAbility } from './platform.ts';

export interface FaultCase {
  readonly spec: FaultSpec;
  readonly forMs?: number;
  /** What a user of the fixture meets while the fault stands, told by a canary or by the platform. */
  effect?(platform: Platform): Promise<void>;
  /** What is as it was once the fault is undone, beyond that everything answers. */
  undone?(platform: Platform): Promise<void>;
}

const notes = (platform: Platform) => readFile(join(platform.home('back'), 'state/notes'), 'utf8');
const program = (platform: Platform) => readFile(join(platform.home('back'), 'skills/tidy/run.mjs'), 'utf8');

/** Those that a platform with these abilities can play. */
export function faultCasesFor(abilities: readonly PlatformAbility[] = []): readonly FaultCase[] {
  return faultCases.filter(({ spec }) => {
    const { platformNeeds } = faultOf(spec);
    return platformNeeds === undefined || abilities.includes(platformNeeds);
  });
}

const faultCases: readonly FaultCase[] = [
  {
    spec: { kind: 'link-down', links: ['client-front'] },
    effect: async (platform) => expect(['refused', 'closed']).toContain(await outcome(platform, 'client-front')),
  },
  {
    spec: { kind: 'link-blackhole', links: ['client-front', 'front-back'] },
    effect: async (platform) => expect(await outcome(platform, 'front-back')).toBe('silent'),
  },
  {
    spec: { kind: 'latency', links: ['client-back'], latencyMs: 600, jitterMs: 50 },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('silent'),
  },
  { spec: { kind: 'link-reset', links: ['client-front', 'client-back'], everyMs: 300 }, forMs: 2_000 },
  {
    spec: { kind: 'partition', groups: [['client', 'back'], ['front']], mode: 'refuse' },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('answered'),
  },
  {
    spec: { kind: 'partition', groups: [['client'], ['front', 'back']], mode: 'blackhole' },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('silent'),
  },
  {
    spec: { kind: 'hang', nodes: ['front'] },
    effect: async (platform) => expect(await outcome(platform, 'client-front')).toBe('silent'),
  },
  {
    spec: { kind: 'outage', nodes: ['back'] },
    effect: async (platform) => {
      // Longer than a restart policy takes to bring a container back.
      await sleep(2_000);
      expect(await platform.process('back')).toBeUndefined();
    },
  },
  { spec: { kind: 'kill', nodes: ['front', 'back'] } },
  { spec: { kind: 'kill', nodes: ['back'], everyMs: 1_000, whileSkillRuns: true }, forMs: 5_000 },
  { spec: { kind: 'crash', nodes: ['front'] } },
  {
    spec: { kind: 'stop', nodes: ['back'] },
    effect: async (platform) => expect(await readFile(join(platform.home('back'), 'farewells'), 'utf8')).toBe('back\n'),
  },
  {
    spec: { kind: 'torn-state', nodes: ['back'], how: 'garbage' },
    effect: async (platform) => expect(await notes(platform)).not.toContain('a note'),
  },
  {
    spec: { kind: 'torn-state', nodes: ['back', 'front'], how: 'empty', file: 'state/notes' },
    effect: async (platform) => expect(await notes(platform)).toBe(''),
  },
  {
    spec: { kind: 'clock-jump', nodes: ['back', 'front'], byMs: -90_000 },
    undone: async (platform) => {
      const file = join(platform.home('back'), 'state/clock-applied');
      await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toMatch(/"offsetMs":0,.*\n$/), 5_000);
    },
  },
  {
    spec: { kind: 'break-skill', skill: 'tidy' },
    forMs: 2_500,
    effect: async (platform) => expect(await program(platform)).toContain('exitCode = 1'),
    undone: async (platform) => expect(await program(platform)).toBe('// Nothing to tidy.\n'),
  },
  {
    spec: { kind: 'disk-full', nodes: ['back'] },
    effect: async (platform) => {
      // What the system gives up is taken too: a disk that was full once is still full.
      await sleep(1_000);
      expect(await platform.disks?.tryWrite('back')).toMatchObject([{ path: 'small/disk', full: true }]);
    },
    undone: async (platform) =>
      expect(await platform.disks?.tryWrite('back')).toEqual([{ path: 'small/disk', error: '', full: false }]),
  },
];
