/** A gateway that traces nothing itself: the trace context that comes is passed on as it came. */
import { describe, expect, it } from 'vitest';
import { makeHome, report, skill, startHere } from './testing/test-gateway.ts';

const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

describe('a gateway without tracing', () => {
  it('passes the trace on: from requests and messages to commands and events, from reports to events', async () => {
    using home = makeHome();
    const gateway = await startHere(home.path);
    try {
      await gateway.call('PUT', '/v1/skills', { skills: [skill] });
      const path = `/v1/skills/${skill.name}/runs`;
      await gateway.call('POST', path, undefined, { 'idempotency-key': 'k', traceparent: from('a') });
      const asking = { session: 's', epoch: 'e', at: 1, body: { type: 'run', skill: skill.name } };
      const messages = [
        { ...asking, offset: 1, id: 'm1', traceparent: from('b') },
        { ...asking, offset: 2, id: 'm2' },
        { ...asking, offset: 3, id: 'm3', traceparent: from('b').toUpperCase() },
      ];
      await gateway.call('POST', '/v1/messages', { messages }, { traceparent: from('c') });
      const { commands } = (await gateway.call('GET', '/v1/commands')).body;
      const traces = (values: { traceparent?: string | undefined }[]) => values.map(({ traceparent }) => traceparent);
      expect(traces(commands)).toEqual([from('a'), from('b'), undefined, undefined]);
      await gateway.call('POST', '/v1/reports', report('s@1'), { traceparent: from('d') });
      await gateway.call('POST', '/v1/reports', report('s@2', { traceparent: from('e') }));
      await gateway.call('POST', '/v1/reports', report('s@3'), { traceparent: 'nonsense' });
      const events = await gateway.events(0, 7);
      expect(traces(events)).toEqual([from('a'), from('b'), undefined, undefined, from('d'), from('e'), undefined]);
    } finally {
      await gateway.close();
    }
  });
});
