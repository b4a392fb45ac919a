import { describe, expect, it } from 'vitest';
import { command, gatewayEvent, messageBatch, runMessage, runReport } from './wire.ts';

const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const run = { id: 'r', skill: 's', trigger: 'request', dueAt: null, attempt: 1 };
const message = { session: 's', epoch: 'e', offset: 1, at: 1, id: 'm', body: null };
const carriers = [
  ['a command', command, { id: 'c', kind: 'run', skill: 's', session: null, requestedAt: 1 }],
  ['a report', runReport, { ...run, state: 'started', startedAt: 1, sequence: 1 }],
  ['an event', gatewayEvent, { id: 1, at: 1, type: 'run.started', run, session: null }],
] as const;
const malformed = [
  ['empty', ''],
  ['too long', `${good}0`],
  ['10 kB long', 'f'.repeat(10_000)],
  ['in capitals', good.toUpperCase()],
  ['of a trace id of zeros', good.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`)],
  ['of a span id of zeros', good.replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`)],
  ['of version ff', good.replace(/^00/, 'ff')],
  ['a number', 7],
  ['an object', { traceId: 'a' }],
  ['null', null],
] as const;

describe.each(carriers)('%s', (_name, schema, value) => {
  it('keeps its traceparent', () => {
    expect(schema.parse({ ...value, traceparent: good })).toEqual({ ...value, traceparent: good });
    expect(schema.parse(value)).toEqual(value);
  });

  it.each(malformed)('is taken without its traceparent if that is %s', (_what, traceparent) => {
    expect(schema.parse({ ...value, traceparent }).traceparent).toBeUndefined();
  });
});

describe('a batch of messages', () => {
  it.each(malformed)('is taken without a traceparent that is %s, and with the others', (_what, traceparent) => {
    const { messages } = messageBatch.parse({
      messages: [
        { ...message, traceparent },
        { ...message, traceparent: good },
      ],
    });
    expect(messages.map((one) => one.traceparent)).toEqual([undefined, good]);
  });
});

describe('the body of a message that asks for a run', () => {
  it('is the type, the skill, and nothing else', () => {
    const accepts = (body: unknown) => runMessage.safeParse(body).success;
    expect(accepts({ type: 'run', skill: 'nightly' })).toBe(true);
    for (const body of [
      { type: 'run' },
      { type: 'run', skill: 'a/b' },
      { type: 'run', skill: 's', at: 1 },
      'run',
      null,
    ])
      expect(accepts(body)).toBe(false);
  });
});
