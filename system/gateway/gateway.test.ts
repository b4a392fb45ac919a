import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeHome, report, skill, startHere } from './testing/test-gateway.ts';

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
    expect((await gateway.call('GET', '/v1/skills')).body).toEqual({ skills: [broken, skill], next: null });
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
    expect(again).toMatchObject({ status: 200, body: first.body });
    const { commands } = (await gateway.call('GET', '/v1/commands')).body;
    expect(commands).toEqual([
      { id: first.body.run.id, kind: 'run', skill: skill.name, session: 's1', requestedAt: first.body.run.requestedAt },
    ]);
    expect(await gateway.events(0, 1)).toMatchObject([
      { type: 'run.accepted', session: 's1', run: { id: first.body.run.id } },
    ]);
    await metric('openclaw_gateway_run_requests_total{result="repeated"} 1');
    await metric('openclaw_gateway_commands_pending 1');
  });

  it('makes one run of many simultaneous requests with one key', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => gateway.ask('same')));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    expect((await gateway.call('GET', '/v1/runs')).body.runs).toHaveLength(1);
  });

  it('knows an accepted request again when its skill is gone', async () => {
    const run = await gateway.ask('k1');
    await gateway.call('PUT', '/v1/skills', { skills: [] });
    expect((await gateway.ask('k1')).id).toBe(run.id);
    await expect(gateway.ask('k2')).rejects.toThrow('404');
  });

  it('runs the last good version of a skill whose file is bad now', async () => {
    await gateway.call('PUT', '/v1/skills', { skills: [{ ...skill, problem: 'a typo', stale: true }] });
    expect(await gateway.ask('k1')).toMatchObject({ state: 'accepted' });
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
    expect(third.headers.get('retry-after')).toBe('5');
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

describe('lists of runs', () => {
  const ids = async (query: string) => {
    const { status, body } = await gateway.call('GET', `/v1/runs?${query}`);
    expect(status).toBe(200);
    return body.runs.map(({ id }: { id: string }) => id);
  };

  it('are filtered by skill, state, outcome, trigger, session and time, and by several at once', async () => {
    const asked = await gateway.ask('k1', 's1');
    for (const dueAt of [1000, 2000, 3000]) {
      const told = { dueAt, state: 'finished', outcome: dueAt === 2000 ? 'failed' : 'succeeded' } as const;
      await gateway.call('POST', '/v1/reports', report(`x@${dueAt}`, told));
    }
    await gateway.call('POST', '/v1/reports', report('other@1500', { skill: 'other', dueAt: 1500 }));
    expect(await ids('skill=other')).toEqual(['other@1500']);
    expect(await ids('state=accepted')).toEqual([asked.id]);
    expect(await ids('state=started')).toEqual(['other@1500']);
    expect(await ids('outcome=failed')).toEqual(['x@2000']);
    expect(await ids('trigger=request')).toEqual([asked.id]);
    expect(await ids('session=s1')).toEqual([asked.id]);
    expect(await ids('session=s2')).toEqual([]);
    expect(await ids('from=1500&to=3000')).toEqual(['other@1500', 'x@2000']);
    expect(await ids(`from=${asked.requestedAt}`)).toEqual([asked.id]);
    expect(await ids(`skill=${skill.name}&outcome=succeeded&trigger=schedule&from=1001`)).toEqual(['x@3000']);
  });

  it('take a cursor only of their own', async () => {
    await gateway.call('PUT', '/v1/skills', { skills: [skill, { ...skill, name: 'second' }] });
    const { body } = await gateway.call('GET', '/v1/skills?limit=1');
    expect(body.skills).toEqual([skill]);
    const rest = await gateway.call('GET', `/v1/skills?cursor=${body.next}`);
    expect(rest.body).toMatchObject({ skills: [{ name: 'second' }], next: null });
    expect(await gateway.call('GET', `/v1/runs?cursor=${body.next}`)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'query.cursor' }] },
    });
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => gateway.call('POST', `/v1/runs/${encodeURIComponent(id)}/cancel`);
  const pull = async () => (await gateway.call('GET', '/v1/commands?holder=a')).body.commands;

  it('is asked for once, follows the request to run in the queue, and ends as the runtime says', async () => {
    const run = await gateway.ask('k1', 's1');
    expect(await cancel(run.id)).toMatchObject({
      status: 202,
      body: { run: { id: run.id, state: 'accepted', cancelRequestedAt: expect.any(Number) } },
    });
    expect((await cancel(run.id)).status).toBe(202);
    expect(await pull()).toMatchObject([
      { kind: 'run', id: run.id },
      { kind: 'cancel', run: run.id, skill: skill.name, session: 's1' },
    ]);
    await metric('openclaw_gateway_cancel_requests_total{result="new"} 1');
    await metric('openclaw_gateway_cancel_requests_total{result="repeated"} 1');

    const told = { trigger: 'request', dueAt: null, state: 'finished', outcome: 'cancelled' } as const;
    await gateway.call('POST', '/v1/reports', report(run.id, told));
    expect((await gateway.call('GET', `/v1/runs/${run.id}`)).body.run).toMatchObject({ outcome: 'cancelled' });
    expect((await cancel(run.id)).status).toBe(200);
    for (const { id } of await pull()) await gateway.call('POST', `/v1/commands/${id}/ack`);
    expect(await pull()).toEqual([]);
  });

  it('works for a slot of the schedule that runs', async () => {
    await gateway.call('POST', '/v1/reports', report('daily-memory@1000'));
    expect((await cancel('daily-memory@1000')).status).toBe(202);
    expect(await pull()).toMatchObject([{ kind: 'cancel', run: 'daily-memory@1000', session: null }]);
  });

  it('is refused for a run that has ended, and for none', async () => {
    await gateway.call('POST', '/v1/reports', report('x@1', { state: 'finished' }));
    expect(await cancel('x@1')).toMatchObject({
      status: 409,
      body: { code: 'OPENCLAW_RUN_FINISHED', detail: expect.stringContaining('succeeded') },
    });
    expect(await cancel('none')).toMatchObject({ status: 404, body: { code: 'OPENCLAW_NO_RUN' } });
    expect(await pull()).toEqual([]);
  });
});

describe('tokens of others', () => {
  const ann = { authorization: 'Bearer secret-of-ann' };
  beforeEach(async () => {
    await gateway.close();
    mkdirSync(join(home.path, 'state', 'tokens'), { recursive: true });
    writeFileSync(join(home.path, 'state', 'tokens', 'ann'), 'secret-of-ann', { mode: 0o600 });
    gateway = await startHere(home.path);
  });

  it('open the routes for clients, with keys of their own', async () => {
    const mine = await gateway.ask('k1', 's1');
    const path = `/v1/skills/${skill.name}/runs`;
    const hers = await gateway.call('POST', path, { session: 's2' }, { ...ann, 'idempotency-key': 'k1' });
    expect(hers.status).toBe(202);
    expect(hers.body.run.id).not.toBe(mine.id);
    for (const path of ['/v1/skills', '/v1/runs', `/v1/runs/${mine.id}`, '/v1/status', '/v1/sessions/live'])
      expect((await gateway.call('GET', path, undefined, ann)).status).toBe(200);
    expect((await gateway.call('POST', `/v1/runs/${hers.body.run.id}/cancel`, undefined, ann)).status).toBe(202);
  });

  it.each([
    ['PUT', '/v1/skills', { skills: [] }],
    ['GET', '/v1/commands', undefined],
    ['POST', '/v1/commands/x/ack', undefined],
    ['POST', '/v1/reports', report('x@1')],
    ['PUT', '/v1/presence', { sessions: [] }],
    ['POST', '/v1/messages', { messages: [] }],
    ['GET', '/v1/messages', undefined],
  ])('do not open those of the other layers: %s %s', async (method, path, body) => {
    expect(await gateway.call(method, path, body, ann)).toMatchObject({
      status: 403,
      body: { code: 'OPENCLAW_OWNER_ONLY' },
    });
  });
});

describe('commands', () => {
  it('come again until they are acknowledged, or a report shows that they arrived', async () => {
    const [one, two] = [await gateway.ask('k1'), await gateway.ask('k2')];
    const ids = async () =>
      (await gateway.call('GET', '/v1/commands')).body.commands.map((command: { id: string }) => command.id);
    expect(await ids()).toEqual([one.id, two.id]);
    expect(await gateway.call('POST', `/v1/commands/${one.id}/ack`)).toMatchObject({
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
    await vi.waitFor(async () => expect((await gateway.call('GET', '/health')).body.links.runtime.openPulls).toBe(1));
    const run = await gateway.ask('k1');
    expect((await pull).body.commands).toMatchObject([{ id: run.id }]);
  });

  it('go to another runtime, which waits for them, when the first has had them for too long', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { commandLeaseMs: 400 });
    const run = await gateway.ask('k1');
    const leased = performance.now();
    expect((await gateway.call('GET', '/v1/commands?holder=a')).body.commands).toHaveLength(1);
    expect((await gateway.call('GET', '/v1/commands?holder=b')).body.commands).toEqual([]);
    const taken = await gateway.call('GET', '/v1/commands?holder=b&waitMs=20000');
    expect(taken.body.commands).toMatchObject([{ id: run.id }]);
    expect(performance.now() - leased).toBeGreaterThan(390);
    expect((await gateway.call('GET', '/v1/commands?holder=a')).body.commands).toEqual([]);
    expect((await gateway.call('POST', `/v1/commands/${run.id}/ack`)).status).toBe(200);
    expect((await gateway.call('GET', '/v1/commands?holder=b')).body.commands).toEqual([]);
  });

  it('are free again when the gateway has restarted', async () => {
    const run = await gateway.ask('k1');
    await gateway.call('GET', '/v1/commands?holder=a');
    await gateway.close();
    gateway = await startHere(home.path);
    expect((await gateway.call('GET', '/v1/commands?holder=b')).body.commands).toMatchObject([{ id: run.id }]);
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
    const events = await gateway.events(0, 3);
    expect(events.map(({ type, session, run }) => [type, session, run.outcome])).toEqual([
      ['run.accepted', 's1', undefined],
      ['run.started', 's1', undefined],
      ['run.finished', 's1', 'failed'],
    ]);
    const first = events[0]?.id ?? 0;
    expect(events.map(({ id }) => id - first)).toEqual([0, 1, 2]);
    expect((await gateway.call('GET', `/v1/runs/${run.id}`)).body.run).toMatchObject({
      state: 'finished',
      outcome: 'failed',
      finishedAt: 2000,
    });
    expect((await gateway.call('GET', '/health')).body.newestEvent).toBe(first + 2);
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

describe('presence of a session layer at its limit', () => {
  it('is taken as often as it is told', async () => {
    const sessions = Array.from({ length: 20_000 }, (_, index) => ({
      id: `0193f8a2-7c5d-7e1b-9f00-${String(index).padStart(12, '0')}`,
      kind: index % 4 === 0 ? 'probe' : 'user',
    }));
    for (let round = 0; round < 3; round += 1) {
      const told = await gateway.call('PUT', '/v1/presence', { sessions });
      expect(told).toMatchObject({ status: 200, body: { users: 15_000 } });
    }
    expect((await gateway.call('GET', '/v1/sessions/live')).body).toEqual({ live: true, users: 15_000 });
  });
});

describe('messages', () => {
  const message = (offset: number, session = 's1') => ({
    session,
    epoch: 'e1',
    offset,
    at: 1000,
    id: `m${offset}`,
    body: { text: `number ${offset}` },
  });

  it('are stored once each, and read page by page', async () => {
    const messages = [message(1), message(2), message(1, 's2')];
    const deliver = async () => (await gateway.call('POST', '/v1/messages', { messages })).body;
    expect(await deliver()).toEqual({ accepted: 3, duplicates: 0 });
    expect(await deliver()).toEqual({ accepted: 0, duplicates: 3 });
    await metric('openclaw_gateway_messages_total{result="new"} 3');
    await metric('openclaw_gateway_messages_total{result="duplicate"} 3');
    const first = (await gateway.call('GET', '/v1/messages?limit=2')).body;
    expect(first.messages).toEqual(messages.slice(0, 2));
    const second = (await gateway.call('GET', `/v1/messages?limit=2&cursor=${first.next}`)).body;
    expect(second).toEqual({ messages: [messages[2]], next: null });
    expect((await gateway.call('GET', '/v1/messages?session=s1')).body.messages).toEqual(messages.slice(0, 2));
  });

  it('may be as long as a client may send them', async () => {
    const long = { ...message(1), body: 'x'.repeat(1024 * 1024) };
    expect((await gateway.call('POST', '/v1/messages', { messages: [long] })).status).toBe(200);
    expect((await gateway.call('GET', '/v1/messages')).body.messages).toEqual([long]);
  });
});

describe('status', () => {
  it('knows a layer from its word only, and skills from the reports', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { presenceMs: 300, runtimeSilentMs: 300, runtimeSettleMs: 0 });
    const status = async () => (await gateway.call('GET', '/v1/status')).body;
    expect(await status()).toMatchObject({
      status: 'down',
      layers: {
        session: { state: 'unknown', lastWordAt: null },
        gateway: { state: 'ok' },
        runtime: { state: 'unknown' },
      },
    });
    const now = Date.now();
    await gateway.call('PUT', '/v1/skills', { skills: [{ ...skill, freshWithinMs: 60_000 }] });
    await gateway.call('POST', '/v1/reports', report('x@1', { state: 'finished', finishedAt: now }));
    // While a pull is open the runtime is there, however long it says nothing else.
    const pull = gateway.call('GET', '/v1/commands?waitMs=30000');
    const tellPresence = () => gateway.call('PUT', '/v1/presence', { sessions: [] });
    await vi.waitFor(
      async () => {
        await tellPresence();
        const seen = await status();
        expect(seen).toMatchObject({ status: 'operational', layers: { runtime: { state: 'ok' } } });
        expect(seen.layers.runtime.ageSeconds).toBeGreaterThan(0.4);
        expect(seen.skills).toEqual([
          {
            name: skill.name,
            enabled: true,
            lastOutcome: 'succeeded',
            lastFinishedAt: now,
            lastSuccessAt: now,
            fresh: true,
          },
        ]);
      },
      { timeout: 10_000 },
    );
    await gateway.ask('k1');
    await pull;
    await expect
      .poll(async () => (await status()).layers, { timeout: 10_000 })
      .toMatchObject({
        session: { state: 'unknown', ageSeconds: expect.any(Number) },
        runtime: { state: 'unknown', ageSeconds: expect.any(Number) },
      });
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
        runtime: { openPulls: 1, lastWordSecondsAgo: expect.any(Number) },
      });
    });
    const started = performance.now();
    await gateway.close();
    const tookMs = performance.now() - started;
    expect(await pull).toMatchObject({ status: 200, body: { commands: [] } });
    expect(await stream).toEqual([]);
    // Far below the 5 s after which what is left would be cut.
    expect(tookMs).toBeLessThan(3000);
  });
});
