/** Every kind of fault as the contract of platforms tries it on the fixture, with what must be seen while it stands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { FaultSpec } from '../faults/registry.ts';
import { outcome } from './fixture/look.ts';
import type { Platform } from './platform.ts';

export interface FaultCase {
  readonly spec: FaultSpec;
  readonly forMs?: number;
  /** What a user of the fixture meets while the fault stands, told by a canary or by the platform. */
  effect?(platform: Platform): Promise<void>;
}

export const faultCases: readonly FaultCase[] = [
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
];
