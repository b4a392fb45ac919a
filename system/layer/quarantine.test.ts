import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.ts';
import { quarantine, reportQuarantines } from './quarantine.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-quarantine-'));
  file = join(folder, 'x.db');
  writeFileSync(file, 'bad');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

describe('a quarantined file', () => {
  it('keeps what belongs to it, and the reason, beside it', () => {
    writeFileSync(`${file}-wal`, 'log');
    const { movedTo } = quarantine(file, 'it is bad', ['-wal', '-shm']);
    expect([existsSync(file), existsSync(`${file}-wal`)]).toEqual([false, false]);
    expect(['', '-wal', '.reason'].map((suffix) => readFileSync(movedTo + suffix, 'utf8'))).toEqual([
      'bad',
      'log',
      expect.stringMatching(/Z it is bad\n$/),
    ]);
  });

  it('takes no other ones place, even at the same moment', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const first = quarantine(file, 'one');
    writeFileSync(file, 'worse');
    const second = quarantine(file, 'two');
    expect([first, second].map(({ movedTo }) => readFileSync(movedTo, 'utf8'))).toEqual(['bad', 'worse']);
  });

  it('is counted from 0, and told for an hour', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const registry = new Registry();
    const report = reportQuarantines({ name: 'gateway', registry, log: createLogger('test', 'silent') }, file);
    const value = async () =>
      (await registry.getSingleMetric('openclaw_state_quarantined_total')?.get())?.values.map(
        ({ labels, value: count }) => [labels, count],
      );
    expect([await value(), report.degraded()]).toEqual([[[{ layer: 'gateway', file: 'x.db' }, 0]], []]);
    report.onQuarantine(quarantine(file, 'it is bad'));
    expect(await value()).toEqual([[{ layer: 'gateway', file: 'x.db' }, 1]]);
    expect(report.degraded()).toEqual([expect.stringMatching(/^x\.db could not be used \(it is bad\).*quarantine-/)]);
    vi.advanceTimersByTime(3_600_000);
    expect(report.degraded()).toEqual([]);
  });
});
