import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Feed } from './feed.ts';
import type { LogEntry } from './store/log.ts';

const entryAt = (offset: number): LogEntry => ({
  session: 's',
  offset,
  at: 0,
  kind: 'message',
  id: String(offset),
  bodyJson: '0',
});

/** A log, a feed that reads it in pages, and a socket whose flushes happen when the test says so. */
function rig({ after, stored, pageSize }: { after: number; stored: number; pageSize: number }) {
  const log = Array.from({ length: stored }, (_, index) => entryAt(index + 1));
  const sent: number[] = [];
  const flushes: (() => void)[] = [];
  let overruns = 0;
  const feed = new Feed(after, {
    read: (from) => log.filter(({ offset }) => offset > from).slice(0, pageSize),
    deliver: (entry, flushed) => {
      sent.push(entry.offset);
      if (flushed !== undefined) flushes.push(flushed);
    },
    overrun: () => {
      overruns += 1;
    },
  });
  const append = () => {
    const entry = entryAt((log.at(-1)?.offset ?? 0) + 1);
    log.push(entry);
    feed.publish(entry);
  };
  return { log, sent, feed, append, flush: () => flushes.shift()?.(), overruns: () => overruns };
}

describe('Feed', () => {
  it('sends every entry once and in order, whenever entries are added and pages are flushed', () => {
    const steps = fc.array(fc.constantFrom('append', 'flush'), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 7 }), steps, (stored, seen, pageSize, actions) => {
        const after = Math.min(seen, stored);
        const { log, sent, feed, append, flush } = rig({ after, stored, pageSize });
        feed.start();
        for (const action of actions) action === 'append' ? append() : flush();
        for (let left = log.length + 2; left > 0; left -= 1) flush();
        expect(sent).toEqual(log.map(({ offset }) => offset).filter((offset) => offset > after));
      }),
    );
  });

  it('replays at the pace of the peer', () => {
    const { sent, feed, flush } = rig({ after: 0, stored: 9, pageSize: 3 });
    feed.start();
    expect(sent).toEqual([1, 2, 3]);
    flush();
    expect(sent).toHaveLength(6);
  });

  it('gives up on a peer for whom the log was trimmed while it read', () => {
    const { log, sent, feed, flush, overruns } = rig({ after: 0, stored: 9, pageSize: 3 });
    feed.start();
    log.splice(0, 5);
    flush();
    flush();
    expect({ sent, overruns: overruns() }).toEqual({ sent: [1, 2, 3], overruns: 1 });
  });

  it('is quiet once stopped', () => {
    const { sent, feed, append, flush } = rig({ after: 0, stored: 4, pageSize: 2 });
    feed.start();
    feed.stop();
    append();
    flush();
    expect(sent).toEqual([1, 2]);
  });
});
