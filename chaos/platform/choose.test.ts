import { describe, expect, it, vi } from 'vitest';
import { choosePlatform, decide } from './choose.ts';
import type { Need, PlatformProvider } from './platform.ts';

const met: Need = { state: 'met', text: 'it is there' };
const lacking: Need = { state: 'lacking', text: 'no luxury' };
const noEngine: Need = { state: 'unmet', text: 'no Docker engine that answers at /x' };
const noImage: Need = { state: 'unmet', text: 'no image x' };
const noProc: Need = { state: 'unmet', text: 'no /proc' };

describe('auto', () => {
  it.each([
    ['docker, where all is there', [met, met], [met], 'docker', true, 'containers, the real Toxiproxy and Prometheus'],
    [
      'docker without its luxuries',
      [met, lacking],
      [met],
      'docker',
      true,
      'containers, the real Toxiproxy and Prometheus',
    ],
    [
      'local without an engine',
      [noEngine],
      [met],
      'local',
      true,
      'no Docker engine that answers at /x; the same scenarios on child processes',
    ],
    [
      'local without an image',
      [met, noImage],
      [lacking],
      'local',
      true,
      'no image x; the same scenarios on child processes',
    ],
    [
      'local without several images',
      [met, noImage, noImage, noImage],
      [met],
      'local',
      true,
      'no image x (and 2 more); the same scenarios on child processes',
    ],
    [
      'nothing, naming what each lacks',
      [noEngine],
      [noProc],
      'local',
      false,
      'no Docker engine that answers at /x; no /proc',
    ],
    [
      'docker, on a machine without /proc',
      [met],
      [noProc],
      'docker',
      true,
      'containers, the real Toxiproxy and Prometheus',
    ],
  ] as const)('takes %s', (_, docker, local, name, usable, why) => {
    const candidates = [
      { name: 'docker', needs: docker },
      { name: 'local', needs: local },
    ] as const;
    expect(decide(candidates)).toEqual({ name, usable, why });
  });
});

describe('asking', () => {
  const unused = { start: vi.fn(), recover: vi.fn() };

  it('ends with the first platform that has all it needs', async () => {
    const check = vi.fn(async () => ({ available: true, detail: 'Node' }) as const);
    const docker: PlatformProvider = { name: 'docker', check: vi.fn(), needs: async () => [met], ...unused };
    const local: PlatformProvider = { name: 'local', check, ...unused };
    expect(await choosePlatform([docker, local])).toMatchObject({ name: 'docker', usable: true });
    expect(check).not.toHaveBeenCalled();
  });

  it('takes a platform that tells no needs by its word', async () => {
    const docker: PlatformProvider = { name: 'docker', check: vi.fn(), needs: async () => [noEngine], ...unused };
    const check = async () => ({ available: false, tried: '/proc of Linux', mend: 'use Linux' }) as const;
    expect(await choosePlatform([docker, { name: 'local', check, ...unused }])).toEqual({
      name: 'local',
      usable: false,
      why: 'no Docker engine that answers at /x; no /proc of Linux',
    });
  });
});
