import { describe, it, vi } from 'vitest';
import { nowMs } from '../observe/clock.ts';
import { faultContext } from '../platform/fixture/requests.ts';
import type { Platform, ProcessIdentity } from '../platform/platform.ts';
import { kill } from './kill.ts';

/** Only what a kill asks of a platform; what a kill does to a real process is shown by the contract suite of platforms. */
function platformWith(process: () => ProcessIdentity | undefined, signal: () => void = () => {}): Platform {
  const parts: Partial<Platform> = {
    process: async () => process(),
    incarnation: async () => 'one',
    signal: async () => signal(),
  };
  return parts as Platform;
}

// Side by side: each waits for something that does not come.
describe.concurrent('kill', () => {
  it('kills nothing, and says so, when it is aborted while it waits for a skill to run', async ({ expect }) => {
    const signal = vi.fn();
    const abort = new AbortController();
    abort.abort();
    const platform = platformWith(() => ({ pid: 1, startTicks: 1, state: 'S' }), signal);
    const prepared = kill.prepare(
      { kind: 'kill', nodes: ['back'], whileSkillRuns: true },
      faultContext(platform, { signal: abort.signal }),
    );
    await prepared.baseline();
    await prepared.inject();
    expect(signal).not.toHaveBeenCalled();
    expect((await prepared.prove()).proved).toBe(false);
  }, 30_000);

  it('announces each blow right before the signal, and tells that it landed after the proof', async ({ expect }) => {
    const order: string[] = [];
    let ticks = 1;
    const platform = platformWith(
      () => ({ pid: 1, startTicks: ticks, state: 'S' }),
      () => {
        order.push('signal');
        ticks++;
      },
    );
    const context = { striking: () => order.push('striking'), onBlow: () => order.push('blow') };
    const prepared = kill.prepare({ kind: 'kill', nodes: ['back'] }, faultContext(platform, context));
    await prepared.baseline();
    await prepared.inject();
    expect(order).toEqual(['striking', 'signal', 'blow']);
  });

  it('goes on where a node does not come back, and announces no blow that hits nothing', async ({ expect }) => {
    const order: string[] = [];
    let up = true;
    const platform = platformWith(
      () => (up ? { pid: 1, startTicks: 1, state: 'S' } : undefined),
      () => {
        up = false;
      },
    );
    const context = { forMs: 400, striking: () => order.push('striking'), onBlow: (it: string) => order.push(it) };
    const prepared = kill.prepare({ kind: 'kill', nodes: ['back'], everyMs: 250 }, faultContext(platform, context));
    await prepared.baseline();
    await prepared.inject();
    expect(order).toEqual(['striking', expect.stringContaining('is gone'), expect.stringContaining('nothing to kill')]);
    expect((await prepared.prove()).proved).toBe(true);
  }, 30_000);

  it.for([
    { finished: -100, proved: false, evidence: 'had finished 1' },
    { finished: 300, proved: true, evidence: 'ran, and finished' },
    { finished: undefined, proved: true, evidence: 'had not finished' },
  ])(
    "asks the skill's own word for whether it ran: $finished ms",
    async ({ finished, proved, evidence }, { expect }) => {
      let ticks = 1;
      const platform = platformWith(
        () => ({ pid: 1, startTicks: ticks, state: 'S' }),
        () => {
          ticks++;
        },
      );
      const prepared = kill.prepare(
        { kind: 'kill', nodes: ['back'], whileSkillRuns: true },
        faultContext(platform, {
          skillRunning: async () => 'tidy@1',
          skillFinished: async () => finished && nowMs() + finished,
        }),
      );
      await prepared.baseline();
      await prepared.inject();
      expect(await prepared.prove()).toMatchObject({ proved, evidence: expect.stringContaining(evidence) });
    },
  );

  it('waits for a run that has only just begun', async ({ expect }) => {
    let ticks = 1;
    const platform = platformWith(
      () => ({ pid: 1, startTicks: ticks, state: 'S' }),
      () => {
        ticks++;
      },
    );
    const runs = ['tidy@1', 'tidy@1', 'tidy@1', undefined, 'tidy@2'];
    const prepared = kill.prepare(
      { kind: 'kill', nodes: ['back'], whileSkillRuns: true },
      faultContext(platform, {
        skillRunning: async () => (runs.length > 1 ? runs.shift() : runs[0]),
        skillFinished: async () => undefined,
      }),
    );
    await prepared.baseline();
    await prepared.inject();
    expect(await prepared.prove()).toMatchObject({ proved: true, evidence: expect.stringContaining('tidy@2 had not') });
  });

  it('is not proved by a process that was not there before', async ({ expect }) => {
    const prepared = kill.prepare({ kind: 'kill', nodes: ['back'] }, faultContext(platformWith(() => undefined)));
    await prepared.baseline();
    await prepared.inject();
    expect(await prepared.prove()).toMatchObject({
      proved: false,
      evidence: expect.stringContaining('no process before'),
    });
  }, 30_000);

  it.for([
    { now: { pid: 7, startTicks: 101, state: 'S' }, proved: true, why: 'the same pid with another start time' },
    { now: { pid: 7, startTicks: 100, state: 'Z' }, proved: true, why: 'a zombie' },
    { now: { pid: 7, startTicks: 100, state: 'R' }, proved: false, why: 'the same process' },
  ])('told by start time and state: $why', async ({ now, proved }, { expect }) => {
    let current: ProcessIdentity = { pid: 7, startTicks: 100, state: 'S' };
    const platform = platformWith(
      () => current,
      () => {
        current = now;
      },
    );
    const prepared = kill.prepare({ kind: 'kill', nodes: ['back'] }, faultContext(platform));
    await prepared.baseline();
    await prepared.inject();
    expect((await prepared.prove()).proved).toBe(proved);
  });
});
