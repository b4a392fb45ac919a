import { describe, it, vi } from 'vitest';
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
