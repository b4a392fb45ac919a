import { describe, expect, it } from 'vitest';
import { openTestStores } from '../testing/test-database.ts';
import { report, skill } from '../testing/test-gateway.ts';
import { CommandStore } from './command-store.ts';

const leaseMs = 10_000;

function withRuns(count: number) {
  const test = openTestStores();
  const ask = (key: string) => {
    const request = { skill: skill.name, session: null, owner: 'owner', idempotencyKey: key };
    return test.runs.accept(request).run.id;
  };
  const ids = Array.from({ length: count }, (_, index) => ask(`k${index}`));
  const take = (holder: string, now: number) => test.commands.take(holder, 100, now).map(({ id }) => id);
  return { ...test, ids, take };
}

describe('a leased command', () => {
  it('is given again to its holder with each pull, and to no other until the lease has run out', () => {
    using test = withRuns(2);
    expect(test.take('a', 0)).toEqual(test.ids);
    expect(test.take('a', 1)).toEqual(test.ids);
    expect(test.take('b', leaseMs)).toEqual([]);
    // Each pull of the holder begins the lease anew.
    expect(test.take('b', leaseMs + 1)).toEqual(test.ids);
    expect(test.take('a', leaseMs + 2)).toEqual([]);
  });

  it('tells when it may be given to another', () => {
    using test = withRuns(1);
    expect(test.commands.freeIn('b', 0)).toBeUndefined();
    test.take('a', 0);
    expect(test.commands.freeIn('b', 4000)).toBe(6000);
    expect(test.commands.freeIn('a', 4000)).toBeUndefined();
    expect(test.commands.freeIn('b', leaseMs)).toBeUndefined();
  });

  it('comes again when its acknowledgement was lost on the way, and not when only the answer to it was', () => {
    using test = withRuns(2);
    const [first = '', second = ''] = test.take('a', 0);
    expect(test.commands.acknowledge(first)).toBe(true);
    expect(test.commands.acknowledge(first)).toBe(true);
    expect(test.take('a', 1)).toEqual([second]);
    expect(test.take('b', leaseMs * 3)).toEqual([second]);
  });

  it('is free after a restart of the gateway', () => {
    using test = withRuns(1);
    test.take('a', 0);
    const restarted = new CommandStore(test.storage, test.limits);
    expect(restarted.take('b', 100, 1).map(({ id }) => id)).toEqual(test.ids);
  });

  it('counts as acknowledged once its run is reported', () => {
    using test = withRuns(2);
    test.take('a', 0);
    test.runs.report(report(test.ids[0] ?? '', { trigger: 'request', dueAt: null }));
    expect(test.take('a', 1)).toEqual([test.ids[1]]);
  });
});

describe('a command to cancel', () => {
  it('follows the command that asked for the run, to the same holder', () => {
    using test = withRuns(2);
    const [id = ''] = test.ids;
    test.take('a', 0);
    test.runs.cancel(id);
    expect(test.take('b', 5)).toEqual([]);
    const taken = test.commands.take('a', 100, 6);
    expect(taken.map(({ kind }) => kind)).toEqual(['run', 'run', 'cancel']);
    expect(taken[2]).toMatchObject({ kind: 'cancel', run: id, skill: skill.name });
    // A small page does not tear them apart in another order.
    expect(test.commands.take('a', 1, 7)).toMatchObject([{ kind: 'run', id }]);
    test.commands.acknowledge(id);
    expect(test.take('b', leaseMs * 3)).toHaveLength(2);
  });

  it('goes to a runtime that has acknowledged the run', () => {
    using test = withRuns(1);
    const [id = ''] = test.ids;
    test.take('a', 0);
    test.commands.acknowledge(id);
    test.runs.cancel(id);
    expect(test.commands.take('a', 100, 1)).toMatchObject([{ kind: 'cancel', run: id }]);
  });
});

describe('acknowledged commands', () => {
  it('are remembered for a while only', () => {
    using test = openTestStores({ commandsKept: 100 });
    const add = (id: string) =>
      test.commands.add({ id, kind: 'run', run: id, skill: 's', session: null, requestedAt: 0 });
    for (let index = 0; index < 300; index += 1) {
      add(`c${index}`);
      if (index > 0) test.commands.acknowledge(`c${index}`);
    }
    expect(test.commands.acknowledge('c250')).toBe(true);
    expect(test.commands.acknowledge('c150')).toBe(false);
    expect(test.commands.take('a', 10, 0)).toMatchObject([{ id: 'c0' }]);
  });
});
