import { afterEach, expect, it, vi } from 'vitest';
import { limits } from '../limits.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { pullCommands } from './command-pull.ts';
import { CommandStore } from './command-store.ts';
import { CommandWaiters } from './command-waiters.ts';

afterEach(() => vi.restoreAllMocks());

it.each([20, 21, 22, 23])(
  'gives a command to the next who waits when its lease of %i ms runs out, also between two looks at the clock',
  { timeout: 10_000 },
  async (commandLeaseMs) => {
    using test = openTestDatabase();
    const commands = new CommandStore(test.storage, { ...limits, commandLeaseMs });
    const named = { id: 'r1', kind: 'run', run: 'r1', skill: 's', session: null } as const;
    test.storage.commit(() => commands.add({ ...named, requestedAt: 1 }));
    // Time passes only while somebody looks, so that it passes at each of these places for some lease.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1;
      return now;
    });
    expect(commands.take('a', 10)).toHaveLength(1);
    const pull = { holder: 'b', waitMs: 60_000, gone: new AbortController().signal, atMost: 10 };
    expect(await pullCommands(commands, new CommandWaiters(1), pull)).toMatchObject([{ id: 'r1' }]);
    expect(now).toBeGreaterThan(commandLeaseMs);
  },
);
