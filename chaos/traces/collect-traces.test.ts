import { describe, expect, it } from 'vitest';
import { ChaosError } from '../errors.ts';
import type { JournalEntry } from '../journal/journal-records.ts';
import { collectTraces } from './collect-traces.ts';
import { exportRequest, sentSpan, spanId } from './otlp.fixture.ts';

const twice = [sentSpan({ id: spanId(1) }), sentSpan({ id: spanId(1) })];

function send(port: number | undefined): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(exportRequest(twice)),
  });
}

describe("a run's traces", () => {
  it('are written down as they come, and at the end how many there were', async () => {
    const written: JournalEntry[] = [];
    const traces = await collectTraces((entry) => written.push(entry));
    expect((await send(traces.port)).status).toBe(200);
    await traces[Symbol.asyncDispose]();
    expect(written.map(({ type }) => type)).toEqual(['spans', 'traces']);
    expect(written[1]).toMatchObject({ spans: 1, over: 0, malformed: 0, unwritten: 0 });
    await expect(send(traces.port)).rejects.toThrow();
  });

  it('are done without where nothing can be received, which is noted', async () => {
    const written: JournalEntry[] = [];
    const refuse = () => Promise.reject(new ChaosError('CHAOS_TRACES', 'cannot listen: no ports left'));
    const traces = await collectTraces((entry) => written.push(entry), refuse);
    expect(traces.port).toBeUndefined();
    await traces[Symbol.asyncDispose]();
    expect(written).toEqual([
      { type: 'note', text: 'no traces', detail: 'cannot listen: no ports left' },
      { type: 'traces', spans: 0, over: 0, malformed: 0, unwritten: 0 },
    ]);
  });

  it('never end a run, even if nothing of them can be written down', async () => {
    const traces = await collectTraces(() => {
      throw new Error('disk full');
    });
    expect((await send(traces.port)).status).toBe(200);
    await traces[Symbol.asyncDispose]();
  });
});
