import { expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { faultOf } from '../faults/registry.ts';
import { loadManifest } from '../input/load.ts';
import type { Manifest } from '../manifest.ts';
import { topologyOf } from '../topology.ts';
import { menuOf } from './fault-menu.ts';

const { loaded } = await loadManifest('resilient', root);
const manifest = loaded as Manifest;
const menu = menuOf(manifest);

it('offers only faults that are well formed, touch what the manifest has, and need nothing that a platform may lack', () => {
  const { nodes, links } = topologyOf(manifest);
  for (const { name, fault } of menu) {
    const { schema, targets, platformNeeds } = faultOf(fault);
    expect(schema.safeParse(fault), name).toMatchObject({ success: true });
    expect(platformNeeds, name).toBeUndefined();
    const hit = targets(fault, topologyOf(manifest));
    expect([...hit.nodes, ...hit.links].length, name).toBeGreaterThan(0);
    for (const node of hit.nodes) expect(nodes).toContain(node);
    for (const link of hit.links) expect(Object.keys(links)).toContain(link);
  }
});

it('says of each whether it lasts, as the fault itself does', () => {
  for (const { name, fault, lasts } of menu)
    expect(lasts ? 'lasting' : 'momentary', name).toBe(faultOf(fault).duration(fault));
});

it('has kills, hangs, crashes, outages of each node and of each link, and partitions, under names of their own', () => {
  const names = menu.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const node of Object.keys(manifest.nodes))
    for (const kind of ['kill', 'kill-loop', 'crash', 'hang', 'outage']) expect(names).toContain(`${kind}-${node}`);
  for (const link of Object.keys(manifest.links))
    for (const kind of ['link-down', 'blackhole', 'latency']) expect(names).toContain(`${kind}-${link}`);
  expect(names).toContain('partition-refuse');
});

it('expects what a user sees: a layer that is gone or cut off from him, and nothing of what layers have between them', () => {
  const expected = Object.fromEntries(menu.map(({ name, expect: conditions }) => [name, conditions]));
  expect(expected['kill-gateway']).toEqual({ session: 'ok', gateway: 'paused', runtime: 'ok' });
  expect(expected['hang-runtime']).toEqual({ session: 'ok', gateway: 'ok', runtime: 'failed' });
  expect(expected['link-down-client-session']).toEqual({ session: 'failed', gateway: 'ok', runtime: 'ok' });
  expect(expected['link-down-runtime-gateway']).toEqual({ session: 'ok', gateway: 'ok', runtime: 'ok' });
  expect(expected['partition-blackhole']).toEqual({ session: 'failed', gateway: 'failed', runtime: 'ok' });
});
