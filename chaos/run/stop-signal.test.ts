import { describe, expect, it, vi } from 'vitest';
import { withStopSignal } from './stop-signal.ts';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
/** Listeners are called as the process would, without a signal that might end the test. */
const signal = (name: NodeJS.Signals) => process.emit(name, name);

describe('a wish to stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the task, which ends by itself', async (name) => {
    const said: string[] = [];
    const before = process.listenerCount(name);
    const outcome = withStopSignal(
      async (stop) => {
        await aborted(stop);
        return 'undone';
      },
      (text) => said.push(text),
    );
    signal(name);
    expect(await outcome).toBe('undone');
    expect(said).toEqual([`${name}: stopping; undoing faults and removing what was started`]);
    expect(process.listenerCount(name)).toBe(before);
  });

  it('is answered, not obeyed, when it comes again; the same one twice is one', async () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(5).mockReturnValueOnce(4_000);
    const said: string[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const outcome = withStopSignal(
      () => promise,
      (text) => said.push(text),
      () => [11, 12],
    );
    for (let times = 0; times < 3; times++) signal('SIGINT');
    resolve('undone');
    expect(await outcome).toBe('undone');
    expect(said).toHaveLength(2);
    expect(said[1]).toBe('SIGINT: still at it. If it hangs: kill -9 11 12, then npm run chaos -- recover');
    vi.restoreAllMocks();
  });

  it('comes of a crash too, which is told once the task has ended', async () => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      let ended = false;
      const outcome = withStopSignal(
        async (stop) => {
          await aborted(stop);
          ended = true;
        },
        () => {},
      );
      process.emit('uncaughtException', new Error('boom'));
      await expect(outcome).rejects.toMatchObject({ code: 'CHAOS_CRASH', message: expect.stringContaining('boom') });
      expect(ended).toBe(true);
    } finally {
      for (const other of others) process.on('uncaughtException', other);
    }
  });
});
