/** The gateway's part of a trace: what asks, what is queued, what is reported, and the events of it. */
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceparentOf } from '../layer/spans.ts';
import { RecordedSpans } from '../layer/tracing/recorded-spans.fixture.ts';
import { makeHome, report, skill, startHere } from './testing/test-gateway.ts';

const spans = new RecordedSpans();
afterAll(() => spans[Symbol.asyncDispose]());

let home: ReturnType<typeof makeHome>;
let gateway: Awaited<ReturnType<typeof startHere>>;
beforeEach(async () => {
  home = makeHome();
  gateway = await startHere(home.path);
  await gateway.call('PUT', '/v1/skills', { skills: [skill] });
  spans.reset();
});
afterEach(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

const trace = (digit: string) => digit.repeat(32);
const from = (digit: string) => `00-${trace(digit)}-${digit.repeat(16)}-01`;
const key = { 'idempotency-key': 'k' };
const runs = `/v1/skills/${skill.name}/runs`;

async function ended(name: string): Promise<ReadableSpan> {
  await expect.poll(() => spans.named(name).length, { timeout: 5000 }).toBeGreaterThan(0);
  return spans.named(name)[0] as ReadableSpan;
}

const contextOf = (span: ReadableSpan) =>
  `00-${span.spanContext().traceId}-${span.spanContext().spanId}-0${span.spanContext().traceFlags}`;

async function commands() {
  return (await gateway.call('GET', '/v1/commands')).body.commands;
}

describe('a trace through the gateway', () => {
  it('goes from the request for a run to its command and its event', async () => {
    const { run } = (await gateway.call('POST', runs, undefined, { ...key, traceparent: from('a') })).body;
    const asked = await ended('POST /v1/skills/:name/runs');
    expect([asked.spanContext().traceId, asked.parentSpanContext?.spanId]).toEqual([trace('a'), 'a'.repeat(16)]);
    const traceparent = contextOf(asked);
    expect(await commands()).toMatchObject([{ id: run.id, traceparent }]);
    expect(await gateway.events(0, 1)).toMatchObject([{ type: 'run.accepted', traceparent }]);
    expect((await gateway.call('GET', `/v1/runs/${run.id}`)).body.run).toMatchObject({ traceparent });
  });

  it('goes from the request to cancel to its command', async () => {
    const run = await gateway.ask('k');
    await gateway.call('POST', `/v1/runs/${run.id}/cancel`, undefined, { traceparent: from('b') });
    const asked = await ended('POST /v1/runs/:id/cancel');
    expect(await commands()).toMatchObject([
      { kind: 'run' },
      { kind: 'cancel', run: run.id, traceparent: contextOf(asked) },
    ]);
    expect(asked.spanContext().traceId).toBe(trace('b'));
  });

  it('goes from a report to its event', async () => {
    const told = report('s@1', { traceparent: from('c') });
    await gateway.call('POST', '/v1/reports', told, { traceparent: `00-${trace('c')}-${'d'.repeat(16)}-01` });
    const taken = await ended('POST /v1/reports');
    expect(taken.parentSpanContext?.spanId).toBe('d'.repeat(16));
    expect(await gateway.events(0, 1)).toMatchObject([{ type: 'run.started', traceparent: contextOf(taken) }]);
    expect((await gateway.call('GET', '/v1/runs/s@1')).body.run.traceparent).toBe(from('c'));
  });

  it('goes from a message to the run that it asks for, each message in a trace of its own', async () => {
    const message = (offset: number, body: unknown, more: object) => ({
      ...{ session: 'se', epoch: 'e', offset, at: 1, id: `m${offset}`, body },
      ...more,
    });
    const messages = [
      message(1, { type: 'run', skill: skill.name }, { traceparent: from('a') }),
      message(2, 'hello', { traceparent: from('b') }),
      message(3, { type: 'run', skill: 'nobody' }, {}),
    ];
    const send = () => gateway.call('POST', '/v1/messages', { messages }, { traceparent: from('e') });
    expect((await send()).body).toEqual({ accepted: 3, duplicates: 0 });
    const batch = await ended('POST /v1/messages');
    const processed = spans.named('process message');
    expect(processed.map((span) => [span.parentSpanContext?.spanId, span.links[0]?.context.spanId])).toEqual([
      ['a'.repeat(16), batch.spanContext().spanId],
      ['b'.repeat(16), batch.spanContext().spanId],
      [undefined, batch.spanContext().spanId],
    ]);
    const ids = processed.map((span) => span.spanContext().traceId);
    expect([ids.slice(0, 2), new Set([...ids, batch.spanContext().traceId]).size]).toEqual([
      [trace('a'), trace('b')],
      4,
    ]);
    expect(processed.map(({ status }) => status.code === 2)).toEqual([false, false, true]);
    const [asked] = processed as [ReadableSpan];
    expect(await commands()).toMatchObject([{ skill: skill.name, session: 'se', traceparent: contextOf(asked) }]);
    expect(await gateway.events(0, 1)).toMatchObject([{ session: 'se', traceparent: contextOf(asked) }]);
    // Delivered again, it is not processed again.
    expect((await send()).body).toEqual({ accepted: 0, duplicates: 3 });
    expect(spans.named('process message')).toHaveLength(3);
  });

  it.each([
    ['nothing', undefined],
    ['a text of the right length', 'a'.repeat(55)],
    ['an id of zeros', `00-${trace('0')}-${'a'.repeat(16)}-01`],
    ['an overlong one', 'x'.repeat(7000)],
  ])('begins where %s came', async (_what, traceparent) => {
    const headers = traceparent === undefined ? key : { ...key, traceparent };
    await gateway.call('POST', runs, undefined, headers);
    const asked = await ended('POST /v1/skills/:name/runs');
    expect(asked.parentSpanContext).toBeUndefined();
    expect(await commands()).toMatchObject([{ traceparent: contextOf(asked) }]);
    const batch = { messages: [{ session: 's', epoch: 'e', offset: 1, at: 1, id: 'm', body: null, traceparent: 7 }] };
    expect((await gateway.call('POST', '/v1/messages', batch)).status).toBe(200);
    const told = { ...report('s@1'), traceparent: traceparent ?? { no: 'text' } };
    expect((await gateway.call('POST', '/v1/reports', told)).status).toBe(200);
  });

  it('leaves out what is asked again and again, and no span stays active', async () => {
    for (const path of ['/v1/commands', '/health', '/ready']) await gateway.call('GET', path);
    await fetch(`${gateway.url}/metrics`);
    await gateway.call('PUT', '/v1/presence', { sessions: [] });
    await gateway.call('PUT', '/v1/skills', { skills: [skill] });
    await gateway.ask('k');
    await ended('POST /v1/skills/:name/runs');
    expect(spans.all.map(({ name }) => name)).toEqual(['POST /v1/skills/:name/runs']);
    expect(traceparentOf()).toBeUndefined();
  });
});
