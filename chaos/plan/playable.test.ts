import { describe, expect, it } from 'vitest';
import { platforms } from '../platform/registry.ts';
import type { TimelineEntry } from '../scenario.ts';
import { scenario } from '../verdict/verdict.fixture.ts';
import { unplayableOn } from './playable.ts';

const full: TimelineEntry = {
  atMs: 50_000,
  forMs: 1_000,
  fault: { kind: 'disk-full', nodes: ['runtime'] },
  expect: {},
};
const withFull = { ...scenario, timeline: [...scenario.timeline, full] };

describe('a scenario that fills a disk', () => {
  it('can be played where nodes get disks of their own', () => {
    expect(unplayableOn(platforms.docker, withFull)).toBeUndefined();
  });

  it('cannot where they share that of the machine', () => {
    expect(unplayableOn(platforms.local, withFull)).toEqual({
      entry: scenario.timeline.length,
      needs: expect.stringContaining('a file system of its own'),
    });
  });
});

it('others can be played anywhere', () => {
  for (const platform of Object.values(platforms)) expect(unplayableOn(platform, scenario)).toBeUndefined();
});
