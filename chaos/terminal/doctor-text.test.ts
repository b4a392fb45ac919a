import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { decide } from '../platform/choose.ts';
import type { Need } from '../platform/platform.ts';
import { doctorLines, type Examination } from './doctor-text.ts';

const engine: Need = {
  state: 'unmet',
  text: 'no Docker engine that answers at unix:///var/run/docker.sock (no such socket)',
  mend: 'start Docker, or set DOCKER_HOST to an engine that answers, wherever in the world it is',
};

function found(docker: readonly Need[], local: readonly Need[]): Examination {
  const platforms = [
    { name: 'docker', needs: docker },
    { name: 'local', needs: local },
  ] as const;
  return {
    platforms,
    choice: decide(platforms),
    machine: { cores: 2, freeBytes: 3.5 * 2 ** 30 },
    tools: [{ state: 'lacking', text: 'no curl' }],
    workers: [{ name: 'local', workers: 3 }],
    references: [{ state: 'met', text: 'Toxiproxy 2.12.0' }],
  };
}

describe('what doctor says', () => {
  const one = found([engine], [{ state: 'met', text: 'Node 24 on Linux' }]);

  it('names for each platform what it has, what it lacks, and the mend; which one auto takes; and the machine', () => {
    expect(doctorLines(one, 80, pc.createColors(false))).toEqual([
      'Platforms',
      '  docker  containers, the real Toxiproxy and Prometheus',
      '    ✗ no Docker engine that answers at unix:///var/run/docker.sock (no such',
      '      socket)',
      '      → start Docker, or set DOCKER_HOST to an engine that answers, wherever in',
      '        the world it is',
      '  local   the same scenarios on child processes',
      '    ✓ Node 24 on Linux',
      '',
      'auto takes local: no Docker engine that answers at unix:///var/run/docker.sock',
      '(no such socket); the same scenarios on child processes',
      '',
      'This machine',
      '  – no curl',
      '  · 2 cores, 3.5 GiB of memory free',
      '  · --workers 3 by default on local',
      '',
      'The originals, to which the embedded servers are held by npm test; no scenario',
      'needs them',
      '  ✓ Toxiproxy 2.12.0',
    ]);
  });

  it('says so when no platform can run here', () => {
    const none = found([engine], [{ state: 'unmet', text: 'no /proc of Linux' }]);
    expect(doctorLines(none, 80, pc.createColors(false)).join('\n')).toMatch(
      /^No platform can run here: no Docker engine .*\n.*no \/proc of Linux$/m,
    );
  });

  it.each([80, 120, Number.POSITIVE_INFINITY])('fits into %d columns, and never needs more than 80', (columns) => {
    for (const line of doctorLines(one, columns, pc.createColors(true))) {
      expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(Math.min(80, columns));
    }
  });
});
