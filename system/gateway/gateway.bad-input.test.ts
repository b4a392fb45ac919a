import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, report, skill, startHere } from './testing/test-gateway.ts';

const home = makeHome();
let gateway: Awaited<ReturnType<typeof startHere>>;
beforeAll(async () => {
  gateway = await startHere(home.path);
  await gateway.call('PUT', '/v1/skills', { skills: [skill] });
});
afterAll(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

const runs = `/v1/skills/${skill.name}/runs`;
const key = { 'idempotency-key': 'k' };
const long = 'x'.repeat(201);
const many = Array.from({ length: 2001 }, (_, index) => ({ ...skill, name: `s${index}` }));

const message = { session: 's', epoch: 'e', offset: 1, at: 1, id: 'm', body: null };
const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ended = (more: object) => ({ ...report('a', { state: 'finished' }), ...more });

type Case = [
  what: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
  status: number,
  names: RegExp,
];
const cases: Case[] = [
  ['no idempotency key', 'POST', runs, undefined, {}, 400, /header\.Idempotency-Key: is required/],
  ['a key with a space', 'POST', runs, undefined, { 'idempotency-key': 'a b' }, 400, /header\.Idempotency-Key/],
  ['a key too long', 'POST', runs, undefined, { 'idempotency-key': long }, 400, /header\.Idempotency-Key/],
  ['a session that is no string', 'POST', runs, { session: 7 }, key, 400, /body\.session/],
  ['a session too long', 'POST', runs, { session: long }, key, 400, /body\.session/],
  [
    'half a character in a session',
    'POST',
    runs,
    '{"session":"a\\ud800"}',
    key,
    400,
    /body\.session: must be well-formed/,
  ],
  ['a misspelt member', 'POST', runs, { sesion: 'a' }, key, 400, /sesion/],
  ['a body that is a list', 'POST', runs, [], key, 400, /body/],
  ['a body that is no JSON', 'POST', runs, '{"session":', key, 400, /JSON/],
  ['an unknown skill', 'POST', '/v1/skills/none/runs', undefined, key, 404, /no skill none: there are daily-memory/],
  ['a skill name with a bad escape', 'POST', '/v1/skills/%zz/runs', undefined, key, 400, /%zz/],
  ['an unknown run', 'GET', '/v1/runs/none', undefined, {}, 404, /no run none/],
  ['a limit that is no number', 'GET', '/v1/runs?limit=many', undefined, {}, 400, /query\.limit/],
  ['a limit of 0', 'GET', '/v1/runs?limit=0', undefined, {}, 400, /query\.limit/],
  ['a limit too large', 'GET', '/v1/runs?limit=501', undefined, {}, 400, /query\.limit.*500/],
  ['a limit given twice', 'GET', '/v1/runs?limit=1&limit=2', undefined, {}, 400, /query\.limit/],
  ['a cursor of another making', 'GET', '/v1/runs?cursor=abc', undefined, {}, 400, /query\.cursor/],
  [
    'a cursor of another list',
    'GET',
    `/v1/runs?cursor=${cursorOf(['skills', 'a'])}`,
    undefined,
    {},
    400,
    /query\.cursor/,
  ],
  [
    'a cursor without a place',
    'GET',
    `/v1/runs?cursor=${cursorOf(['runs', 'x'])}`,
    undefined,
    {},
    400,
    /query\.cursor/,
  ],
  ['a cursor below 1', 'GET', `/v1/messages?cursor=${cursorOf(['messages', -1])}`, undefined, {}, 400, /query\.cursor/],
  ['an unknown state', 'GET', '/v1/runs?state=lost', undefined, {}, 400, /query\.state/],
  ['an outcome that is none', 'GET', '/v1/runs?outcome=fine', undefined, {}, 400, /query\.outcome/],
  ['an unknown trigger', 'GET', '/v1/runs?trigger=whim', undefined, {}, 400, /query\.trigger/],
  ['a time that is no number', 'GET', '/v1/runs?from=yesterday', undefined, {}, 400, /query\.from/],
  ['a time beyond all time', 'GET', '/v1/runs?to=9999999999999999', undefined, {}, 400, /query\.to/],
  ['a query where none is taken', 'GET', '/v1/status?full=1', undefined, {}, 400, /full/],
  ['cancelling an unknown run', 'POST', '/v1/runs/none/cancel', undefined, {}, 404, /no run none/],
  ['a holder too long', 'GET', `/v1/commands?holder=${long}`, undefined, {}, 400, /query\.holder/],
  ['a holder without a name', 'GET', '/v1/commands?holder=', undefined, {}, 400, /query\.holder/],
  ['an event type that is none', 'GET', '/v1/events?type=run.lost', undefined, {}, 400, /query\.type/],
  ['messages without a list', 'POST', '/v1/messages', {}, {}, 400, /body\.messages/],
  [
    'a message nested too deep',
    'POST',
    '/v1/messages',
    `{"messages":[${JSON.stringify(message).replace('null', `${'['.repeat(1001)}${']'.repeat(1001)}`)}]}`,
    {},
    400,
    /body\.messages\[0\]\.body: must not be nested/,
  ],
  ['no messages', 'POST', '/v1/messages', { messages: [] }, {}, 400, /body\.messages/],
  ['too many messages', 'POST', '/v1/messages', { messages: Array(501).fill(message) }, {}, 400, /body\.messages/],
  [
    'a message without its place',
    'POST',
    '/v1/messages',
    { messages: [{ ...message, offset: 0 }] },
    {},
    400,
    /body\.messages\[0\]\.offset/,
  ],
  ['a reason too long', 'POST', '/v1/reports', ended({ reason: 'x'.repeat(1001) }), {}, 400, /body\.reason/],
  ['an output too long', 'POST', '/v1/reports', ended({ output: 'x'.repeat(4097) }), {}, 400, /body\.output/],
  ['an exit code of no process', 'POST', '/v1/reports', ended({ exitCode: 256 }), {}, 400, /body\.exitCode/],
  ['a body of another kind', 'POST', '/v1/reports', 'a=b', { 'content-type': 'text/csv' }, 415, /Unsupported/],
  ['a query that is unknown', 'GET', '/v1/runs?skil=a', undefined, {}, 400, /skil/],
  ['a negative wait', 'GET', '/v1/commands?waitMs=-1', undefined, {}, 400, /query\.waitMs/],
  ['a wait too long', 'GET', '/v1/commands?waitMs=30001', undefined, {}, 400, /query\.waitMs/],
  ['an unknown command', 'POST', '/v1/commands/none/ack', undefined, {}, 404, /no command none/],
  ['a report without a body', 'POST', '/v1/reports', undefined, {}, 400, /body/],
  ['a report without an id', 'POST', '/v1/reports', { ...report('a'), id: undefined }, {}, 400, /body\.id/],
  ['a report of an unknown state', 'POST', '/v1/reports', { ...report('a'), state: 'paused' }, {}, 400, /body\.state/],
  [
    'a finished report without an outcome',
    'POST',
    '/v1/reports',
    report('a', { state: 'finished', outcome: undefined as never }),
    {},
    400,
    /body\.outcome/,
  ],
  [
    'an unknown outcome',
    'POST',
    '/v1/reports',
    report('a', { state: 'finished', outcome: 'fine' as never }),
    {},
    400,
    /body\.outcome/,
  ],
  [
    'a finished report without its time',
    'POST',
    '/v1/reports',
    report('a', { state: 'finished', finishedAt: undefined as never }),
    {},
    400,
    /body\.finishedAt/,
  ],
  ['attempt 0', 'POST', '/v1/reports', report('a', { attempt: 0 }), {}, 400, /body\.attempt/],
  ['a time as text', 'POST', '/v1/reports', report('a', { startedAt: '2026' as never }), {}, 400, /body\.startedAt/],
  ['a sequence below 0', 'POST', '/v1/reports', report('a', { sequence: -1 }), {}, 400, /body\.sequence/],
  [
    'a report of a skill that is no name',
    'POST',
    '/v1/reports',
    report('a', { skill: '../etc' }),
    {},
    400,
    /body\.skill/,
  ],
  ['a report of an empty skill', 'POST', '/v1/reports', report('a', { skill: '' }), {}, 400, /body\.skill/],
  ['skills without a list', 'PUT', '/v1/skills', {}, {}, 400, /body\.skills/],
  [
    'a skill without a name',
    'PUT',
    '/v1/skills',
    { skills: [{ ...skill, name: '' }] },
    {},
    400,
    /body\.skills\[0\]\.name/,
  ],
  ['a skill twice', 'PUT', '/v1/skills', { skills: [skill, skill] }, {}, 400, /body\.skills\[1\]\.name.*twice/],
  ['too many skills', 'PUT', '/v1/skills', { skills: many }, {}, 400, /body\.skills/],
  [
    'presence of an unknown kind',
    'PUT',
    '/v1/presence',
    { sessions: [{ id: 'a', kind: 'ghost' }] },
    {},
    400,
    /body\.sessions\[0\]\.kind/,
  ],
  [
    'a Last-Event-ID that is no number',
    'GET',
    '/v1/events',
    undefined,
    { 'last-event-id': 'x' },
    400,
    /header\.Last-Event-ID/,
  ],
  ['an after that is no number', 'GET', '/v1/events?after=1.5', undefined, {}, 400, /query\.after/],
  ['an event that is not there yet', 'GET', '/v1/events?after=999', undefined, {}, 409, /newest event is 0/],
  ['no token', 'GET', '/v1/runs', undefined, { authorization: '' }, 401, /OPENCLAW_TOKEN/],
  ['an unknown route', 'GET', '/v2/runs', undefined, {}, 404, /GET \/v2\/runs/],
  ['an unknown method', 'DELETE', '/v1/runs', undefined, {}, 404, /DELETE/],
  ['a body over the limit', 'POST', '/v1/reports', { fill: 'x'.repeat(1024 * 1024) }, {}, 413, /large/],
];

describe('bad input', () => {
  it.each(cases)(
    '%s is answered with a problem that names it',
    async (_what, method, path, body, headers, status, names) => {
      const answer = await gateway.call(method, path, body, headers);
      expect(answer.body).toMatchObject({
        type: 'about:blank',
        status,
        code: expect.any(String),
        detail: expect.stringMatching(names),
      });
      expect(answer.status).toBe(status);
    },
  );

  it('leaves no trace', async () => {
    const { body } = await gateway.call('GET', '/health');
    expect(body).toMatchObject({ status: 'ok', skills: 1, pendingCommands: 0, newestEvent: 0 });
  });
});
