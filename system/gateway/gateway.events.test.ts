import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiDocument } from './api/endpoints.ts';
import { schemaOf } from './testing/answer-check.ts';
import { type EventFrame, makeHome, readFrames, report, skill, startHere } from './testing/test-gateway.ts';

let home: ReturnType<typeof makeHome>;
let gateway: Awaited<ReturnType<typeof startHere>>;
beforeEach(async () => {
  home = makeHome();
  gateway = await startHere(home.path);
});
afterEach(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

async function tell(from: number, to: number, more: Parameters<typeof report>[1] = {}): Promise<void> {
  for (let index = from; index < to; index += 1)
    expect((await gateway.call('POST', '/v1/reports', report(`${more.skill ?? 'x'}@${index}`, more))).status).toBe(200);
}

/** The frames of a stream until one of them is about this run. */
async function framesUntil(run: string, query: string): Promise<EventFrame[]> {
  const frames: EventFrame[] = [];
  for await (const frame of readFrames(gateway.url, query)) {
    frames.push(frame);
    if (frame.data.run?.id === run) return frames;
  }
  throw new Error('the stream ended');
}

describe('the stream of events', () => {
  it('holds what the document says of it', async () => {
    await gateway.call('PUT', '/v1/skills', { skills: [skill] });
    const run = await gateway.ask('k1', 's1');
    await gateway.call('POST', '/v1/reports', report(run.id, { trigger: 'request', dueAt: null, state: 'finished' }));
    await tell(0, 1);
    const { paths } = apiDocument() as unknown as {
      paths: Record<
        string,
        { get: { responses: Record<string, { content: Record<string, { schema: Record<string, unknown> }> }> } }
      >;
    };
    const documented = paths['/v1/events']?.get.responses['200']?.content['text/event-stream']?.schema ?? {};
    for (const { data } of await framesUntil('x@0', ''))
      expect(z.treeifyError(schemaOf(documented).safeParse(data).error ?? new z.ZodError([]))).toEqual({ errors: [] });
    expect(schemaOf(documented).safeParse({ id: 1 }).success).toBe(false);
  });

  it('is filtered by skill, session and type', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { eventBatch: 10 });
    await gateway.call('PUT', '/v1/skills', { skills: [skill] });
    const run = await gateway.ask('k1', 's1');
    await tell(0, 25, { skill: 'noise' });
    await gateway.call('POST', '/v1/reports', report(run.id, { trigger: 'request', dueAt: null }));
    await tell(0, 1, { skill: 'last', state: 'finished' });
    const seen = async (query: string, until: string) =>
      (await framesUntil(until, query)).map(({ event, data }) => `${event} ${data.run?.id}`);
    expect(await seen(`skill=${skill.name}&type=run.started`, run.id)).toEqual([`run.started ${run.id}`]);
    expect(await seen('session=s1&type=run.started', run.id)).toEqual([`run.started ${run.id}`]);
    expect(await seen('type=run.finished', 'last@0')).toEqual(['run.finished last@0']);
    expect(await seen('skill=last', 'last@0')).toEqual(['run.finished last@0']);
    expect((await seen('skill=noise', 'noise@24')).length).toBe(25);
  });

  it('goes on with what comes while it is filtered', async () => {
    const until = framesUntil('wanted@0', 'skill=wanted');
    await tell(0, 20, { skill: 'noise' });
    await tell(0, 1, { skill: 'wanted' });
    expect((await until).map(({ data }) => data.run?.id)).toEqual(['wanted@0']);
  });

  it('says so when what the reader asks for is not kept any more, and goes on with the oldest', async () => {
    await gateway.close();
    gateway = await startHere(home.path, { eventsKept: 50 });
    await tell(0, 1);
    const first = (await gateway.call('GET', '/health')).body.newestEvent;
    await tell(1, 170);
    const frames = await framesUntil('x@169', `after=${first}`);
    const oldest = frames[1]?.data.id ?? 0;
    expect(frames[0]).toEqual({ id: String(oldest - 1), event: 'gap', data: { after: first, oldest } });
    expect(oldest).toBeGreaterThan(first + 1);
    expect(frames.slice(1).map(({ data }) => data.id)).toEqual(frames.slice(1).map((_, index) => oldest + index));
    // From the start means whatever there is; and who has seen all that is gone misses nothing.
    expect((await framesUntil('x@169', ''))[0]?.event).toBe('run.started');
    expect((await framesUntil('x@169', `after=${oldest - 1}`))[0]?.event).toBe('run.started');
  });
});

describe('a gateway that lost its state', () => {
  it('begins a log that no reader takes for the old one, and learns of runs from the runtime again', async () => {
    await tell(0, 5);
    const seen = (await gateway.call('GET', '/health')).body.newestEvent;
    await gateway.close();
    writeFileSync(join(home.path, 'state', 'gateway.db'), 'garbage'.repeat(1000));
    gateway = await startHere(home.path);
    expect((await gateway.call('GET', '/health')).body).toMatchObject({
      status: 'degraded',
      degraded: [expect.stringContaining('gateway.db could not be used')],
    });

    // Nothing has happened yet: the reader's place does not exist.
    const ahead = await gateway.call('GET', `/v1/events?after=${seen}`);
    expect(ahead).toMatchObject({ status: 409, body: { code: 'OPENCLAW_EVENTS_AHEAD' } });

    // The runtime goes on with its reports: late ones, and those of runs that the gateway never heard of.
    await gateway.call('POST', '/v1/reports', report('x@4', { state: 'finished', sequence: 90 }));
    await gateway.call('POST', '/v1/reports', report('x@4', { sequence: 80 }));
    await tell(5, 6);
    expect((await gateway.call('GET', '/v1/runs/x@4')).body.run).toMatchObject({ state: 'finished' });

    // A reader that comes back only now misses none of it, and is told that there was more.
    const frames = await framesUntil('x@5', `after=${seen}`);
    expect(frames.map(({ event, data }) => `${event} ${data.run?.id}`)).toEqual([
      'gap undefined',
      'run.finished x@4',
      'run.started x@5',
    ]);
    expect(frames[1]?.data.id).toBeGreaterThan(seen);
  });
});
