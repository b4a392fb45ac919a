/** What nobody should send, and the answer that each must get. */
import { ask, hello, sayBytes, sayFrames } from './talk.fixture.ts';

export interface Ports {
  readonly session: number;
  readonly gateway: number;
  readonly runtime: number;
}

export type Case = readonly [name: string, say: (ports: Ports) => Promise<string>, answer: RegExp];

const megabyte = 1024 * 1024;
const message = (more: object) => JSON.stringify({ type: 'message', id: 'm', body: null, ...more });
const frame = (name: string, frames: readonly (string | Buffer)[], answer: RegExp): Case => [
  name,
  ({ session }) => sayFrames(session, frames),
  answer,
];
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

export const frameCases: readonly Case[] = [
  frame('a binary frame', [Buffer.from('{}')], /^frame-binary close 4400$/),
  frame('no JSON', ['hello'], /^frame-not-json close 4400$/),
  frame('an empty frame', [''], /^frame-not-json close 4400$/),
  frame('a list', ['[]'], /^frame-invalid close 4400$/),
  frame('null', ['null'], /^frame-invalid close 4400$/),
  frame('a number', ['1e999'], /^frame-invalid close 4400$/),
  frame('no type', ['{}'], /^frame-invalid close 4400$/),
  frame('an unknown type', ['{"type":"shout"}'], /^frame-invalid close 4400$/),
  frame('a prototype for a member', ['{"__proto__":{"type":"ping","id":"x"}}'], /^frame-invalid close 4400$/),
  frame(
    'a traceparent before hello: no reason to read on',
    [message({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })],
    /^hello-expected close 4400$/,
  ),
  frame(
    'traceparents that are none: the frame after them is what is refused',
    [
      hello({ traceparent: 'ff' }),
      ...['', 'x'.repeat(10_000), 7, null, {}].map((traceparent, n) => message({ id: `t${n}`, traceparent })),
      'the end',
    ],
    /^frame-not-json close 4400$/,
  ),
  frame('a message before hello', [message({})], /^hello-expected close 4400$/),
  frame('a ping before hello', ['{"type":"ping","id":"p"}'], /^hello-expected close 4400$/),
  frame('hello without a token', ['{"type":"hello","protocol":1}'], /^frame-invalid close 4400$/),
  frame('a token that is no text', [hello({ token: 7 })], /^frame-invalid close 4400$/),
  frame('a token of 5000 characters', [hello({ token: 'x'.repeat(5000) })], /^frame-invalid close 4400$/),
  frame('another version', [hello({ protocol: 2 })], /^protocol-unsupported close 4406$/),
  frame('a session with a path in it', [hello({ session: '../../etc' })], /^frame-invalid close 4400$/),
  frame('a session of 65 characters', [hello({ session: 's'.repeat(65) })], /^frame-invalid close 4400$/),
  frame('an offset below 0', [hello({ session: 's', epoch: 'e', after: -1 })], /^frame-invalid close 4400$/),
  frame('half an offset', [hello({ session: 's', epoch: 'e', after: 0.5 })], /^frame-invalid close 4400$/),
  frame('hello again', [hello(), hello()], /^hello-again close 4400$/),
  frame('a message without an id', [hello(), message({ id: undefined })], /^frame-invalid close 4400$/),
  frame('an empty id', [hello(), message({ id: '' })], /^frame-invalid close 4400$/),
  frame('an id of 129 characters', [hello(), message({ id: 'x'.repeat(129) })], /^frame-invalid close 4400$/),
  frame('a message without a body', [hello(), message({ body: undefined })], /^frame-invalid close 4400$/),
  frame(
    'a type that is there twice: the last counts',
    ['{"type":"ping","type":"shout"}'],
    /^frame-invalid close 4400$/,
  ),
  frame('a number beyond all numbers', [hello({ protocol: 1e21 })], /^protocol-unsupported close 4406$/),
  frame('a session with a control character', [hello({ session: 'a\u0000b' })], /^frame-invalid close 4400$/),
  frame('a session with a line break', [hello({ session: 'a\r\nb' })], /^frame-invalid close 4400$/),
  frame('a session of other letters', [hello({ session: 'sitzung-ä' })], /^frame-invalid close 4400$/),
  frame(
    'a body nested 1001 deep',
    [hello(), `{"type":"message","id":"m","body":${nested(1001)}}`],
    /^frame-too-deep close 4400$/,
  ),
  frame('a frame over 1 MiB', [hello(), message({ body: 'x'.repeat(megabyte) })], /^close 1009$/),
  ['text that is not UTF-8', ({ session }) => sayBrokenText(session), /^close 1007$/],
  [
    'a body nested 100,000 deep',
    ({ session }) => sayFrames(session, [hello(), `{"type":"message","id":"m","body":${nested(100_000)}}`]),
    /^frame-too-deep close 4400$/,
  ],
  [
    'the token in the URL',
    ({ session }) => sayFrames(session, [hello()], { path: '/ws?token=x' }),
    /^upgrade refused 400$/,
  ],
  ['another path', ({ session }) => sayFrames(session, [hello()], { path: '/socket' }), /^upgrade refused 404$/],
  [
    "another site's page",
    ({ session }) => sayFrames(session, [hello()], { headers: { origin: 'https://evil.example' } }),
    /^upgrade refused 403$/,
  ],
];

const onGateway = (name: string, path: string, answer: RegExp, asking: Parameters<typeof ask>[2] = {}): Case => [
  name,
  ({ gateway }) => ask(gateway, path, asking),
  answer,
];
const post = (body: unknown) => ({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const report = (more: object) =>
  post({
    id: 'r',
    skill: 's',
    trigger: 'schedule',
    dueAt: 1,
    attempt: 1,
    state: 'started',
    startedAt: 1,
    sequence: 1,
    ...more,
  });

export const httpCases: readonly Case[] = [
  ...[
    ['short', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'],
    ['of zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`],
    ['of version ff', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['of 10 kB', `00-${'a'.repeat(10_000)}`],
  ].map(([what, traceparent = '']) =>
    onGateway(`a traceparent ${what}: no reason to refuse`, '/v1/runs', /^200 /, { headers: { traceparent } }),
  ),
  onGateway('no token', '/v1/runs', /^401 OPENCLAW_UNAUTHORIZED: /, { bearer: null }),
  onGateway('an unknown route', '/v2/runs', /^404 OPENCLAW_NO_ROUTE: /),
  onGateway('another method', '/v1/runs', /^40[45] OPENCLAW_NO_ROUTE: /, { method: 'DELETE' }),
  onGateway('a bad escape in the path', '/v1/runs/%ZZ', /^400 /),
  onGateway('a path of 10,000 characters', `/v1/runs/${'x'.repeat(10_000)}`, /^(404|414) /),
  onGateway('no JSON', '/v1/reports', /^400 /, post('{')),
  onGateway('an empty body', '/v1/reports', /^400 /, post('')),
  onGateway('a body over 1 MiB', '/v1/reports', /^413 /, post({ x: 'y'.repeat(megabyte) })),
  onGateway('text for JSON', '/v1/reports', /^415 /, { ...post('hello'), headers: { 'content-type': 'text/csv' } }),
  onGateway('a prototype in the body', '/v1/reports', /^400 /, post('{"__proto__":{"id":"x"}}')),
  onGateway('a run without a key', '/v1/skills/x/runs', /^400 OPENCLAW_INVALID: header\.Idempotency-Key/, post({})),
  onGateway('a key with a space', '/v1/skills/x/runs', /^400 OPENCLAW_INVALID: header\.Idempotency-Key/, {
    ...post({}),
    headers: { 'idempotency-key': 'a b' },
  }),
  onGateway('a run of no skill', '/v1/skills/nobody/runs', /^404 OPENCLAW_NO_SKILL: /, {
    ...post({}),
    headers: { 'idempotency-key': 'k' },
  }),
  onGateway('a run that nobody knows', '/v1/runs/nobody', /^404 OPENCLAW_NO_RUN: /),
  onGateway('the end of no run', '/v1/runs/nobody/cancel', /^404 OPENCLAW_NO_RUN: /, { method: 'POST' }),
  onGateway('no runs a page', '/v1/runs?limit=0', /^400 OPENCLAW_INVALID: query\.limit/),
  onGateway('a million runs a page', '/v1/runs?limit=1000000', /^400 OPENCLAW_INVALID: query\.limit/),
  onGateway('two limits', '/v1/runs?limit=1&limit=2', /^400 OPENCLAW_INVALID: query\.limit/),
  onGateway('a cursor of somebody else', '/v1/runs?cursor=x', /^400 OPENCLAW_INVALID: query\.cursor/),
  onGateway('an unknown filter', '/v1/runs?colour=red', /^400 OPENCLAW_INVALID: /),
  onGateway('events before the first', '/v1/events?after=-1', /^400 OPENCLAW_INVALID: query\.after/),
  onGateway('events of the future', '/v1/events?after=999999', /^409 OPENCLAW_EVENTS_AHEAD: /),
  onGateway('a Last-Event-ID that is none', '/v1/events', /^400 OPENCLAW_INVALID: header\.Last-Event-ID/, {
    headers: { 'last-event-id': 'x' },
  }),
  onGateway('a report without an id', '/v1/reports', /^400 OPENCLAW_INVALID: body\.id/, report({ id: '' })),
  onGateway(
    'a report of the far future',
    '/v1/reports',
    /^400 OPENCLAW_INVALID: body\.startedAt/,
    report({ startedAt: 1e300 }),
  ),
  onGateway(
    'a number that JSON cannot hold',
    '/v1/reports',
    /^400 OPENCLAW_INVALID: body\.sequence/,
    post(
      '{"id":"r","skill":"s","trigger":"schedule","dueAt":1,"attempt":1,"state":"started","startedAt":1,"sequence":9007199254740993}',
    ),
  ),
  onGateway(
    'an id that is there twice: the last counts',
    '/v1/reports',
    /^400 OPENCLAW_INVALID: body\.id/,
    post(
      '{"id":"r","skill":"s","trigger":"schedule","dueAt":1,"attempt":1,"state":"started","startedAt":1,"sequence":1,"id":""}',
    ),
  ),
  onGateway(
    'a skill with a control character',
    '/v1/reports',
    /^400 OPENCLAW_INVALID: body\.skill/,
    report({ skill: 'a\u0000b' }),
  ),
  onGateway(
    'a message nested 100,000 deep',
    '/v1/messages',
    /^400 OPENCLAW_INVALID: body\.messages\[0\]\.body/,
    post(`{"messages":[{"session":"s","epoch":"e","offset":1,"at":1,"id":"m","body":${nested(100_000)}}]}`),
  ),
  onGateway('half a character', '/v1/skills/x/runs', /^400 OPENCLAW_INVALID: body\.session/, {
    ...post('{"session":"\\ud800"}'),
    headers: { 'idempotency-key': 'k' },
  }),
  onGateway('a report of attempt 0', '/v1/reports', /^400 OPENCLAW_INVALID: body\.attempt/, report({ attempt: 0 })),
  onGateway(
    'a report of no outcome',
    '/v1/reports',
    /^400 OPENCLAW_INVALID: body\.outcome/,
    report({ state: 'finished', finishedAt: 2 }),
  ),
  onGateway('a skill that is there twice', '/v1/skills', /^400 OPENCLAW_INVALID: body\.skills/, {
    method: 'PUT',
    body: JSON.stringify({
      skills: [1, 2].map(() => ({ name: 'x', description: '', schedule: null, requires: [] })),
    }),
  }),
  onGateway('an ack of no command', '/v1/commands/nobody/ack', /^404 OPENCLAW_NO_COMMAND: /, { method: 'POST' }),
  [
    'a header of 100 kB',
    ({ gateway }) => sayBytes(gateway, `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  ],
  [
    'a line break in a header',
    ({ gateway }) => sayBytes(gateway, 'GET /health HTTP/1.1\r\nhost: x\r\nx: a\rinjected: b\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a NUL in a header',
    ({ gateway }) => sayBytes(gateway, 'GET /health HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a length and chunks at once',
    ({ gateway }) =>
      sayBytes(
        gateway,
        'POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    /^HTTP\/1\.1 400 /,
  ],
  ['what is no HTTP', ({ gateway }) => sayBytes(gateway, 'EHLO mail.example\r\n\r\n'), /^HTTP\/1\.1 400 /],
  [
    'two lengths of one body',
    ({ gateway }) =>
      sayBytes(gateway, 'POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'),
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a history of no session',
    ({ session }) => ask(session, '/v1/sessions/nobody/history'),
    /^404 OPENCLAW_NO_SESSION: /,
  ],
  [
    'no entries a page',
    ({ session }) => ask(session, '/v1/sessions/x/history?limit=0'),
    /^400 OPENCLAW_INVALID: query\.limit/,
  ],
  [
    'a ledger before the first row',
    ({ runtime }) => ask(runtime, '/v1/ledger?since=-1'),
    /^400 OPENCLAW_INVALID: query\.since/,
  ],
  [
    'a state that there is not',
    ({ runtime }) => ask(runtime, '/v1/ledger?state=lost'),
    /^400 OPENCLAW_INVALID: query\.state/,
  ],
  ['work for the runtime', ({ runtime }) => ask(runtime, '/v1/skills/x/runs', post({})), /^404 OPENCLAW_NO_ROUTE: /],
];

async function sayBrokenText(session: number): Promise<string> {
  const { connect } = await import('node:net');
  const { randomBytes } = await import('node:crypto');
  return new Promise((resolve) => {
    const socket = connect(session, '127.0.0.1', () =>
      socket.write(
        `GET /ws HTTP/1.1\r\nhost: 127.0.0.1:${session}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      ),
    );
    socket.once('data', () => {
      // Final text frame, masked with zeros, of one byte that begins no character.
      socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]));
      socket.once('data', (frame) => {
        socket.destroy();
        resolve(frame[0] === 0x88 ? `close ${frame.readUInt16BE(2)}` : `frame ${frame.toString('hex')}`);
      });
    });
    socket.on('error', () => resolve('closed'));
  });
}

/** SKILL.md → the problem that must be told of it. `X` stands for the name of its folder. */
const meta = (lines: string) => `---\nname: X\ndescription: d\nmetadata:\n  openclaw:\n${lines}\n---\n`;
export const skillCases: readonly (readonly [name: string, text: string | Buffer, problem: RegExp])[] = [
  ['nothing', '', /no front matter/],
  ['zeros', Buffer.alloc(300), /no front matter/],
  ['no end of the front matter', '---\nname: X\n', /no front matter/],
  ['broken YAML', '---\nname: [\n---\n', /not YAML/],
  ['a list for a map', '---\n- 1\n---\n', /./],
  ['no name', '---\ndescription: d\n---\n', /name: is missing/],
  [
    'the name of another folder',
    meta('    command: "true"').replace('name: X', 'name: other'),
    /is not the name of its folder/,
  ],
  ['no command', meta('    schedule: "every: 2s"'), /command: is missing/],
  ['a schedule that is none', meta('    command: "true"\n    schedule: sometimes'), /schedule: .*sometimes/],
  ['a minute 61', meta('    command: "true"\n    schedule: "61 * * * *"'), /schedule: /],
  [
    'a zone that is nowhere',
    meta('    command: "true"\n    schedule: "0 9 * * *"\n    timezone: Mars/Base'),
    /Mars\/Base/,
  ],
  ['a timeout without a unit', meta('    command: "true"\n    timeout: 30'), /timeout: /],
  ['an unknown key', meta('    command: "true"\n    shedule: "every: 2s"'), /unknown keys \(shedule\)/],
  ['an unknown overlap', meta('    command: "true"\n    overlap: maybe'), /overlap: must be one of/],
  ['a thousand retries', meta('    command: "true"\n    retries: 1000'), /retries/],
  [
    'a program that is not there',
    meta('    command: no-such-program-anywhere'),
    /there is no program "no-such-program-anywhere"/,
  ],
  ['70 kB of it', `${meta('    command: "true"')}${'x'.repeat(70_000)}`, /over 65536 bytes/],
  [
    'aliases without an end',
    `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n---\n`,
    /./,
  ],
];
