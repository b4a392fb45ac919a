import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeHome, report, skill, startHere } from './test-gateway.ts';

let home: ReturnType<typeof makeHome>;
let gateway: Awaited<ReturnType<typeof startHere>>;
beforeEach(async () => {
  home = makeHome();
  gateway = await startHere(home.path);
  await gateway.call('PUT', '/v1/skills', { skills: [skill] });
});
afterEach(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

async function metric(line: string): Promise<void> {
  expect((await gateway.registry.metrics()).split('\n')).toContain(line);
}

describe('skills', () => {
  it('gives back what the runtime told, also after a restart', async () => {
    const broken = { ...skill, name: 'Not a name_1', problem: 'no command' };
    await gateway.call('PUT', '/v1/skills', { skills: [skill, broken] });
    await gateway.close();
    gateway = await startHere(home.path);
    expect((await gateway.call('GET', '/v1/skills')).body).toEqual({ skills: [skill, broken] });
    const refused = await gateway.call('POST', '/v1/skills/Not%20a%20name_1/runs', undefined, {
      'idempotency-key': 'k',
    });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'OPENCLAW_SKILL_PROBLEM', detail: expect.stringContaining('no command') },
    });
  });
});

describe('run requests', () => {
  it('accepts once per key, answers the same run again, and makes one command and one event', async () => {
    const path = `/v1/skills/${skill.name}/runs`;
    const first = await gateway.call('POST', path, { session: 's1' }, { 'idempotency-key': 'k1' });
    const again = await gateway.call('POST', path, { session: 's1' }, { 'idempotency-key': 'k1' });
    expect(first).toMatchObject({
      status: 202,
      body: { run: { skill: skill.name, state: 'accepted', session: 's1', trigger: 'request', dueAt: null } },
    });
    expect(again).toEqual({ status: 200, body: first.body });
    const { commands } = (await gateway.call('GET', '/v1/commands')).body;
    expect(commands).toEqual([
      { id: first.body.run.id, kind: 'run', skill: skill.name, session: 's1', requestedAt: first.body.run.requestedAt },
    ]);
    expect(await gateway.events(0, 1)).toMatchObject([
      { id: 1, type: 'run.accepted', session: 's1', run: { id: first.body.run.id } },
    ]);
    expect((await gateway.call('GET', '/health')).body.newestEvent).toBe(1);
    await metric('openclaw_gateway_run_requests_total{result="repeated"} 1');
    await metric('openclaw_gateway_commands_pending 1');
  });

  it('makes one run of many simultaneous requests with one key', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => gateway.ask('same')));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    expect((await gateway.call('GET', '/v1/runs')).body.runs).toHaveLength(1);
  });

  it('refuses a key that stands for another request', async () => {
    await gateway.ask('k1', 's1');
    const other = await gateway.call(
      'POST',
      `/v1/skills/${skill.name}/runs`,
      { session: 's2' },
      { 'idempotency-key': 'k1' },
    );
    expect(other).toMatchObject({
      status: 422,
      body: { code: 'OPENCLAW_KEY_REUSED', errors: [{ field: 'header.Idempotency-Key' }] },
    });
  });

  it('refuses more when too many commands wait, but still knows old keys', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { pendingCommands: 2 });
    await gateway.ask('k1');
    await gateway.ask('k2');
    const third = await gateway.call('POST', `/v1/skills/${skill.name}/runs`, undefined, { 'idempotency-key': 'k3' });
    expect(third).toMatchObject({ status: 429, body: { code: 'OPENCLAW_TOO_MANY_COMMANDS' } });
    expect(await gateway.ask('k1')).toMatchObject({ state: 'accepted' });
  });

  it('pages through runs, newest first, of all skills or one', async () => {
    const asked: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) asked.unshift((await gateway.ask(key)).id);
    await gateway.call('POST', '/v1/reports', report('other@1', { skill: 'other' }));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await gateway.call('GET', `/v1/runs?skill=${skill.name}&limit=2${cursor}`);
      expect(body.runs.length).toBeLessThanOrEqual(2);
      seen.push(...body.runs.map((run: { id: string }) => run.id));
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(asked);
    expect((await gateway.call('GET', '/v1/runs')).body.runs[0]).toMatchObject({ id: 'other@1', dueAt: 1000 });
    expect((await gateway.call('GET', `/v1/runs/${asked[0]}`)).body.run.id).toBe(asked[0]);
  });
});

describe('commands', () => {
  it('come again until they are acknowledged, or a report shows that they arrived', async () => {
    const [one, two] = [await gateway.ask('k1'), await gateway.ask('k2')];
    const ids = async () =>
      (await gateway.call('GET', '/v1/commands')).body.commands.map((command: { id: string }) => command.id);
    expect(await ids()).toEqual([one.id, two.id]);
    expect(await gateway.call('POST', `/v1/commands/${one.id}/ack`)).toEqual({
      status: 200,
      body: { acknowledged: true },
    });
    expect((await gateway.call('POST', `/v1/commands/${one.id}/ack`)).status).toBe(200);
    expect(await ids()).toEqual([two.id]);
    await gateway.call('POST', '/v1/reports', report(two.id, { trigger: 'request', dueAt: null }));
    expect(await ids()).toEqual([]);
    await metric('openclaw_gateway_commands_pending 0');
  });

  it('wake a waiting pull', async () => {
    const pull = gateway.call('GET', '/v1/commands?waitMs=15000');
    await vi.waitFor(async () =>
      expect((await gateway.call('GET', '/health')).body.links.runtime.lastPullSecondsAgo).not.toBeNull(),
    );
    const run = await gateway.ask('k1');
    expect((await pull).body.commands).toMatchObject([{ id: run.id }]);
  });

  it('answer an empty list when the wait is over', async () => {
    const started = performance.now();
    expect((await gateway.call('GET', '/v1/commands?waitMs=200')).body).toEqual({ commands: [] });
    expect(performance.now() - started).toBeGreaterThan(190);
  });
});

describe('reports', () => {
  const send = async (body: unknown) => (await gateway.call('POST', '/v1/reports', body)).body;

  it('are taken once each, with one event each, and events keep the session that asked', async () => {
    const run = await gateway.ask('k1', 's1');
    const of = { trigger: 'request', dueAt: null } as const;
    expect(await send(report(run.id, of))).toEqual({ accepted: true, duplicate: false });
    expect(await send(report(run.id, of))).toEqual({ accepted: false, duplicate: true });
    expect(await send(report(run.id, { ...of, state: 'finished', outcome: 'failed' }))).toEqual({
      accepted: true,
      duplicate: false,
    });
    expect((await gateway.events(0, 3)).map(({ id, type, session, run }) => [id, type, session, run.outcome])).toEqual([
      [1, 'run.accepted', 's1', undefined],
      [2, 'run.started', 's1', undefined],
      [3, 'run.finished', 's1', 'failed'],
    ]);
    expect((await gateway.call('GET', `/v1/runs/${run.id}`)).body.run).toMatchObject({
      state: 'finished',
      outcome: 'failed',
      finishedAt: 2000,
    });
    expect((await gateway.call('GET', '/health')).body.newestEvent).toBe(3);
  });

  it('that come late change nothing: finished first gives only finished', async () => {
    expect(await send(report('x@1000', { state: 'finished' }))).toEqual({ accepted: true, duplicate: false });
    expect(await send(report('x@1000'))).toEqual({ accepted: false, duplicate: false });
    await send(report('y@1000'));
    expect((await gateway.events(0, 2)).map(({ type, run }) => [type, run.id])).toEqual([
      ['run.finished', 'x@1000'],
      ['run.started', 'y@1000'],
    ]);
    await metric('openclaw_gateway_reports_total{result="stale"} 1');
  });

  it('of a second attempt go on from an interrupted first', async () => {
    await send(report('x@1000'));
    await send(report('x@1000', { state: 'finished', outcome: 'interrupted' }));
    await send(report('x@1000', { attempt: 2, sequence: 3 }));
    expect((await gateway.call('GET', '/v1/runs/x@1000')).body.run).toMatchObject({
      state: 'started',
      attempt: 2,
      outcome: null,
      finishedAt: null,
    });
    await send(report('x@1000', { attempt: 2, sequence: 4, state: 'finished' }));
    expect((await gateway.events(0, 4)).map(({ type, run }) => `${type} ${run.attempt} ${run.outcome}`)).toEqual([
      'run.started 1 undefined',
      'run.finished 1 interrupted',
      'run.started 2 undefined',
      'run.finished 2 succeeded',
    ]);
  });

  it('of another skill under the same id are refused', async () => {
    await send(report('x@1000'));
    expect(await send(report('x@1000', { skill: 'other', sequence: 9 }))).toMatchObject({
      status: 409,
      code: 'OPENCLAW_REPORT_CONFLICT',
    });
  });
});

describe('presence', () => {
  it('counts users, not probes, and forgets them when the session layer is silent', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { presenceMs: 300 });
    const live = async () => (await gateway.call('GET', '/v1/sessions/live')).body;
    expect(await live()).toEqual({ live: false, users: 0 });
    const probe = { id: 'p', kind: 'probe' };
    await gateway.call('PUT', '/v1/presence', { sessions: [probe] });
    expect(await live()).toEqual({ live: false, users: 0 });
    await gateway.call('PUT', '/v1/presence', { sessions: [probe, { id: 'u', kind: 'user' }] });
    expect(await live()).toEqual({ live: true, users: 1 });
    await expect.poll(live, { timeout: 10_000 }).toEqual({ live: false, users: 0 });
  });
});

describe('closing', () => {
  it('ends event streams and long polls at once', async () => {
    const pull = gateway.call('GET', '/v1/commands?waitMs=30000');
    const stream = gateway.events(0, Number.POSITIVE_INFINITY);
    await vi.waitFor(async () => {
      const { links } = (await gateway.call('GET', '/health')).body;
      expect(links).toMatchObject({
        session: { eventStreams: 1 },
        runtime: { lastPullSecondsAgo: expect.any(Number) },
      });
    });
    const started = performance.now();
    await gateway.close();
    const tookMs = performance.now() - started;
    expect(await pull).toEqual({ status: 200, body: { commands: [] } });
    expect(await stream).toEqual([]);
    // Far below the 5 s after which what is left would be cut.
    expect(tookMs).toBeLessThan(3000);
  });
});
