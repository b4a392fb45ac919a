import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { pullCommands } from './commands.ts';

const queued = { skill: 'asked', session: null, requestedAt: 1000 };

describe('commands from the gateway', () => {
  let state: ReturnType<typeof openLedgerInMemory>;
  let stop: AbortController;
  let pulling: Promise<unknown>;
  let open: ({ readonly id: string } & Record<string, unknown>)[];
  let paths: string[];
  let acked: string[];
  let requested: string[];
  let cancelled: string[];

  beforeEach(() => {
    state = openLedgerInMemory({ registry: new Registry() });
    stop = new AbortController();
    pulling = Promise.resolve();
    open = [];
    paths = [];
    acked = [];
    requested = [];
    cancelled = [];
  });
  afterEach(async () => {
    stop.abort();
    await pulling;
    state.close();
  });

  const link = {
    reachable: true,
    whenDialable: async () => undefined,
    request: async (method: string, path: string) => {
      paths.push(`${method} ${path}`);
      const ack = /^\/v1\/commands\/(.+)\/ack$/.exec(path)?.[1];
      if (ack !== undefined) {
        acked.push(ack);
        open = open.filter(({ id }) => id !== ack);
      }
      return { status: 200, body: ack === undefined ? { commands: open } : null };
    },
  };
  const pull = (ledger: Parameters<typeof pullCommands>[0]['ledger'] = state.ledger) => {
    pulling = pullCommands({
      link,
      ledger,
      knows: (skill) => skill === 'asked',
      log: createLogger('test', 'silent'),
      signal: stop.signal,
      onRequest: (skill) => requested.push(skill),
      onCancel: (run) => cancelled.push(run),
    }).catch(() => undefined);
  };

  it('are pulled by name, recorded, then acknowledged', async () => {
    open = [
      { id: 'r1', kind: 'run', ...queued },
      { id: 'c1', kind: 'cancel', run: 'r0', ...queued },
      { id: 'r2', kind: 'run', ...queued, skill: 'absent' },
    ];
    pull();
    await expect.poll(() => acked).toEqual(['r1', 'c1', 'r2']);
    expect(paths[0]).toBe(`GET /v1/commands?waitMs=1000&holder=${state.ledger.holder}`);
    expect(requested).toEqual(['asked']);
    expect(cancelled).toEqual(['r0']);
    expect(state.ledger.get('r1')).toMatchObject({ state: 'claimed', attempt: 1 });
    expect(state.ledger.get('r2')).toMatchObject({ state: 'finished', outcome: 'failed' });
  });

  it('carry their trace into the ledger; one that is malformed is none, and no reason to leave the command', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    open = [
      { id: 'r1', kind: 'run', ...queued, traceparent },
      { id: 'r2', kind: 'run', ...queued, traceparent: traceparent.toUpperCase() },
      { id: 'r3', kind: 'run', ...queued, traceparent: { very: 'x'.repeat(10_000) } },
      { id: 'r4', kind: 'run', ...queued, skill: 'absent', traceparent },
    ];
    pull();
    await expect.poll(() => acked).toEqual(['r1', 'r2', 'r3', 'r4']);
    const kept = ['r1', 'r2', 'r3'].map((id) => state.ledger.get(id)?.traceparent);
    expect(kept).toEqual([traceparent, null, null]);
    expect(state.outbox.after(0, 10)).toMatchObject([{ id: 'r4', outcome: 'failed', traceparent }]);
  });

  it('that are not understood hold up no other, and are left to whoever understands them', async () => {
    open = [
      { id: 'x', kind: 'dance' },
      { id: 'r1', kind: 'run', ...queued },
    ];
    pull();
    await expect.poll(() => acked).toEqual(['r1']);
    expect(open).toEqual([{ id: 'x', kind: 'dance' }]);
  });

  it('that cannot be recorded are not acknowledged until they are', async () => {
    open = [{ id: 'r1', kind: 'run', ...queued }];
    let broken = 2;
    const { holder } = state.ledger;
    pull({
      holder,
      get: (id) => state.ledger.get(id),
      openRequests: () => 0,
      refuse: () => true,
      request: (command) => {
        broken -= 1;
        if (broken >= 0) throw new Error('no');
        return state.ledger.request(command);
      },
    });
    await expect.poll(() => paths.length).toBeGreaterThanOrEqual(2);
    expect(acked).toEqual([]);
    await expect.poll(() => acked, { timeout: 5000 }).toEqual(['r1']);
    expect(requested).toEqual(['asked']);
  });
});
