import { describe, expect, it } from 'vitest';
import type { FaultSpec } from '../faults/registry.ts';
import type { Manifest } from '../manifest.ts';
import { manifest as sample, scenario } from '../verdict/verdict.fixture.ts';
import { equipped } from './equipment.ts';

const clock = { offset: 'run/offset', applied: 'run/applied', env: { CLOCK: 'shifted', SHARED: 'by the clock' } };
const fragile = Object.entries(sample.nodes).map(([name, node]) => [
  name,
  { ...node, env: { SHARED: 'by the node' }, clock, smallDisks: [{ path: 'state', megabytes: 1 }] },
]);
const manifest: Manifest = { ...sample, nodes: Object.fromEntries(fragile) };

function nodesFor(fault: FaultSpec) {
  const timeline = [{ atMs: 4000, forMs: 4000, fault, expect: {} }];
  return equipped(manifest, { ...scenario, timeline }).nodes;
}

describe('the nodes of a scenario', () => {
  it('have no disks of their own, and the true clock, unless a fault is to use them', () => {
    for (const { env, smallDisks } of Object.values(nodesFor({ kind: 'outage', nodes: ['runtime'] }))) {
      expect(env).toEqual({ SHARED: 'by the node' });
      expect(smallDisks).toBeUndefined();
    }
  });

  it('have small disks where one is to be filled', () => {
    const { runtime, gateway } = nodesFor({ kind: 'disk-full', nodes: ['runtime'] });
    expect(runtime?.smallDisks).toEqual([{ path: 'state', megabytes: 1 }]);
    expect(gateway?.smallDisks).toBeUndefined();
    expect(runtime?.env).toEqual({ SHARED: 'by the node' });
  });

  it('have a clock that can be shifted where one is to be shifted', () => {
    const { runtime, gateway } = nodesFor({ kind: 'clock-jump', nodes: ['gateway'], byMs: 5_000 });
    expect(gateway?.env).toEqual({ CLOCK: 'shifted', SHARED: 'by the clock' });
    expect(runtime?.env).toEqual({ SHARED: 'by the node' });
    expect(gateway?.smallDisks).toBeUndefined();
  });
});
