import { describe, expect, it } from 'vitest';
import { serve } from '../observe/testing/http-server.ts';
import { Ledger } from './ledger.ts';

describe('the ledger', () => {
  const row = (sequence: number, id: string) => ({
    sequence,
    id,
    skill: 's',
    trigger: 'schedule',
    dueAt: sequence,
    attempt: 1,
    state: 'finished',
    outcome: 'succeeded',
    startedAt: 1,
    finishedAt: 2,
  });

  async function ledger(rows: readonly object[], metrics = '', missed?: unknown) {
    const address = await serve((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      if (url.pathname === '/metrics') return void response.end(metrics);
      if (url.pathname === '/v1/missed') {
        if (missed === undefined) response.statusCode = 404;
        return void response.end(JSON.stringify({ missed }));
      }
      const since = Number(url.searchParams.get('since'));
      const runs = rows.slice(since, since + Math.min(2, Number(url.searchParams.get('limit'))));
      response.end(JSON.stringify({ runs, next: since + runs.length }));
    });
    return new Ledger(() => address, 't');
  }

  it('is read page by page; of a row that changed meanwhile, the last state counts', async () => {
    const rows = [row(1, 'a'), row(2, 'b'), row(3, 'c'), { ...row(4, 'a'), outcome: 'failed' }, row(5, 'd')];
    const read = await (await ledger(rows)).read(2000);
    expect([...read.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(read.get('a')?.outcome).toBe('failed');
  });

  it('that is not one is refused', async () => {
    await expect((await ledger([{ id: 'a' }])).read(2000)).rejects.toThrow('not a page of a ledger');
  });

  it('tells of slots that it owns up to have missed, or of none if it keeps no record', async () => {
    const range = { skill: 's', firstDueAt: 1, lastDueAt: 4, slots: 2, reason: 'backing-off' };
    const { slots: _, ...known } = range;
    expect(await (await ledger([], '', [range])).missed(2000)).toEqual([known]);
    expect(await (await ledger([])).missed(2000)).toEqual([]);
    await expect((await ledger([], '', [{ skill: 's' }])).missed(2000)).rejects.toThrow('not a list of missed slots');
  });

  it("gives the runtime's own counters of successes", async () => {
    const text = [
      '# TYPE openclaw_skill_runs_total counter',
      'openclaw_skill_runs_total{skill="a",outcome="succeeded"} 5',
      'openclaw_skill_runs_total{outcome="succeeded",skill="b"} 7',
      'openclaw_skill_runs_total{skill="a",outcome="failed"} 9',
      'openclaw_skill_slots_total{skill="a",fate="x"} 1',
    ].join('\n');
    const counters = await (await ledger([], text)).succeededCounters('/metrics', 2000);
    expect([...counters]).toEqual([
      ['a', 5],
      ['b', 7],
    ]);
  });
});
