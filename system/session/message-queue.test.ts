import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MessageQueue } from './message-queue.ts';
import type { NewMessage, StoredMessage } from './store/session-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue over a disk that can be broken, and what became of each message. */
function rig(limits = { uncommittedBytes: 1000, uncommittedMs: 2000 }) {
  const commits: string[][] = [];
  const fates: string[] = [];
  const disk = { broken: false };
  const commit = (messages: readonly NewMessage[]): StoredMessage[] => {
    if (disk.broken) throw new Error('disk full');
    commits.push(messages.map(({ id }) => id));
    return messages.map((_, index) => ({ fate: 'duplicate', offset: index + 1 }));
  };
  const queue = new MessageQueue(commit, () => {}, limits);
  const push = (id: string, bodyJson = '0') =>
    queue.push({
      session: 's',
      id,
      bodyJson,
      stored: () => fates.push(`${id} stored`),
      failed: () => fates.push(`${id} refused`),
    });
  return { queue, push, commits, fates, disk };
}

describe('MessageQueue', () => {
  it('commits all messages of one turn together, and tells of none before that', async () => {
    const { push, commits, fates } = rig();
    for (let n = 1; n <= 100; n += 1) push(`m${n}`);
    expect(fates).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(commits).toHaveLength(1);
    expect(commits[0]).toHaveLength(100);
    expect(fates).toHaveLength(100);
    push('later');
    await vi.advanceTimersByTimeAsync(1);
    expect(commits).toHaveLength(2);
  });

  it('keeps messages and their order while the disk fails for a moment', async () => {
    const { push, commits, fates, disk } = rig();
    disk.broken = true;
    push('m1');
    await vi.advanceTimersByTimeAsync(500);
    push('m2');
    await vi.advanceTimersByTimeAsync(500);
    expect(fates).toEqual([]);
    disk.broken = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(commits).toEqual([['m1', 'm2']]);
    expect(fates).toEqual(['m1 stored', 'm2 stored']);
  });

  it('refuses them when it fails for longer, and takes the next ones when it works again', async () => {
    const { push, commits, fates, disk } = rig();
    disk.broken = true;
    push('m1');
    await vi.advanceTimersByTimeAsync(1500);
    push('m2');
    expect(fates).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(fates).toEqual(['m1 refused', 'm2 refused']);
    disk.broken = false;
    push('m3');
    await vi.advanceTimersByTimeAsync(1);
    expect(commits).toEqual([['m3']]);
  });

  it('refuses at once what is more than may wait, and at a shutdown', async () => {
    const { queue, push, fates, disk } = rig();
    disk.broken = true;
    push('m1');
    await vi.advanceTimersByTimeAsync(100);
    push('m2', 'x'.repeat(2000));
    expect(fates).toEqual(['m1 refused', 'm2 refused']);
    push('m3');
    queue.flush();
    expect(fates).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fates).toHaveLength(3);
  });
});
