import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { RunReport } from '../../layer/wire.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { deliverReports } from './outbox.ts';

describe('the delivery of reports', () => {
  let state: ReturnType<typeof openLedgerInMemory>;
  let stop: AbortController;
  let delivering: Promise<unknown>;
  let given: RunReport[];
  let answer: (report: RunReport) => number | Error;

  beforeEach(() => {
    state = openLedgerInMemory({ registry: new Registry() });
    stop = new AbortController();
    delivering = Promise.resolve();
    given = [];
    answer = () => 200;
  });
  afterEach(async () => {
    stop.abort();
    await delivering;
    state.close();
  });

  const link = {
    whenDialable: async () => undefined,
    request: async (_method: string, _path: string, { body }: { readonly body?: unknown }) => {
      const report = body as RunReport;
      const status = answer(report);
      if (status instanceof Error) throw status;
      if (status < 300) given.push(report);
      return { status, body: null };
    },
  };
  const deliver = () => {
    delivering = deliverReports(state.outbox, state.totals, link, stop.signal).catch(() => undefined);
  };
  const run = (id: string) => {
    state.ledger.request({ id, skill: 'asked', requestedAt: 1000 });
    state.ledger.started(id, 2000);
    const ended = { attempt: 1, reason: null, exitCode: 0, signal: null, output: null };
    state.ledger.finished(id, { ...ended, outcome: 'succeeded', at: 3000 });
  };
  const told = () => given.map(({ id, state: what }) => `${id} ${what}`);

  it('tells all of them in order, also those that come later', async () => {
    run('a');
    deliver();
    await expect.poll(told).toEqual(['a started', 'a finished']);
    run('b');
    await expect.poll(told).toEqual(['a started', 'a finished', 'b started', 'b finished']);
    expect(state.outbox.pending).toBe(0);
  });

  it('is not held up by reports that the gateway chokes on, and tells them when it does not any more', async () => {
    for (const id of ['a', 'bad', 'b', 'worse', 'c']) run(id);
    answer = ({ id }) => (id === 'bad' || id === 'worse' ? 500 : 200);
    deliver();
    await expect.poll(told).toEqual(['a', 'b', 'c'].flatMap((id) => [`${id} started`, `${id} finished`]));
    answer = () => 200;
    await expect
      .poll(() => told().slice(6), { timeout: 5000 })
      .toEqual(['bad started', 'bad finished', 'worse started', 'worse finished']);
  });

  it('does not storm a gateway that takes nothing', async () => {
    for (let i = 0; i < 40; i += 1) run(`r${i}`);
    let asked = 0;
    answer = () => {
      asked += 1;
      return 503;
    };
    deliver();
    await expect.poll(() => asked).toBe(3);
    answer = () => 200;
    await expect.poll(() => given.length, { timeout: 10_000 }).toBe(80);
    for (let i = 0; i < 40; i += 1) {
      expect(told().indexOf(`r${i} started`)).toBeLessThan(told().indexOf(`r${i} finished`));
    }
  });

  it('drops what the gateway calls wrong, and counts it', async () => {
    run('a');
    run('b');
    answer = ({ id }) => (id === 'a' ? 400 : 200);
    deliver();
    await expect.poll(told).toEqual(['b started', 'b finished']);
    await expect.poll(() => state.outbox.pending).toBe(0);
  });

  it('begins again at the oldest when the gateway was away', async () => {
    run('a');
    let away = 2;
    answer = ({ state: what }) => {
      if (what === 'started' || away === 0) return 200;
      away -= 1;
      return new GatewayUnreachable('away', true);
    };
    deliver();
    await expect.poll(told).toEqual(['a started', 'a finished']);
    expect(away).toBe(0);
  });
});
