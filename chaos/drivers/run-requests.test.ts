import { describe, expect, it, vi } from 'vitest';
import { serve } from '../observe/testing/http-server.ts';
import { RunRequests } from './run-requests.ts';

describe('requests for runs', () => {
  function requests(address: string) {
    const accepted: string[] = [];
    const refused: string[] = [];
    const made = new RunRequests({
      address: () => address,
      token: 't',
      skill: 's',
      session: () => 'my-session',
      onAccepted: ({ run }) => accepted.push(run ?? ''),
      onRefused: (_, detail) => refused.push(detail),
    });
    return { made, accepted, refused };
  }

  it('are repeated with the same key, in the same trace, until accepted', async () => {
    const seen: { key: unknown; traceparent: unknown; body: string; url: string | undefined }[] = [];
    const address = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { 'idempotency-key': key, traceparent } = request.headers;
      seen.push({ key, traceparent, body, url: request.url });
      if (seen.length === 1) response.destroy();
      else if (seen.length < 4) response.writeHead(seen.length === 2 ? 503 : 404).end('{}');
      else response.writeHead(202).end('{"run":{"id":"r1"}}');
    });
    const { made, accepted } = requests(address);
    made.ask();
    await vi.waitFor(() => expect(accepted).toEqual(['r1']), { timeout: 5000 });
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(seen[0]).toMatchObject({ body: '{"session":"my-session"}', url: '/v1/skills/s/runs' });
    expect(made.pending).toBe(0);
    const [request] = made.requests;
    expect(new Set(seen.map(({ traceparent }) => traceparent))).toEqual(new Set([request?.traceparent]));
    expect(request?.traceparent).toContain(request?.trace ?? 'no trace');
    expect(request?.acceptedAttemptMs).toBeGreaterThan(request?.requestedMs ?? Number.POSITIVE_INFINITY);
  });

  it('end with a refusal for good', async () => {
    const address = await serve((_, response) => void response.writeHead(401).end('{}'));
    const { made, accepted, refused } = requests(address);
    made.ask();
    await vi.waitFor(() => expect(refused).toHaveLength(1), { timeout: 5000 });
    expect(refused[0]).toContain('401');
    expect([accepted, made.pending]).toEqual([[], 0]);
  });

  it('go on after a refusal by a gateway that has accepted one before: that is its fault, not theirs', async () => {
    const statuses = [202, 401, 400, 202];
    const address = await serve((_, response) => {
      response.writeHead(statuses.shift() ?? 500).end(`{"run":{"id":"r${4 - statuses.length}"}}`);
    });
    const { made, accepted, refused } = requests(address);
    made.ask();
    await vi.waitFor(() => expect(accepted).toEqual(['r1']), { timeout: 5000 });
    made.ask();
    await vi.waitFor(() => expect(accepted).toEqual(['r1', 'r4']), { timeout: 5000 });
    expect(refused).toEqual([]);
    const { requestedMs = 0, refusedAttemptMs = 0, acceptedAttemptMs = 0 } = made.requests[1] ?? {};
    expect(refusedAttemptMs).toBeGreaterThan(requestedMs);
    expect(acceptedAttemptMs).toBeGreaterThan(refusedAttemptMs);
  });

  it('are bounded while nobody answers', async () => {
    const address = await serve(() => {});
    const { made } = requests(address);
    for (let n = 0; n < 40; n++) made.ask();
    expect(made.pending).toBe(10);
    made.ask(true);
    expect(made.pending).toBe(11);
    made[Symbol.dispose]();
    expect(made.pending).toBe(0);
  });
});
