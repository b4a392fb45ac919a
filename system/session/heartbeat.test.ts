import { afterEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat, type Pulse } from './heartbeat.ts';
import { startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken, until } from './testing/test-client.ts';

let heartbeat: Heartbeat | undefined;
afterEach(() => {
  heartbeat?.stop();
  vi.useRealTimers();
});

class FakePulse implements Pulse {
  heardAt = performance.now();
  pings = 0;
  losses = 0;
  readonly answers: boolean;
  constructor(answers: boolean) {
    this.answers = answers;
  }
  ping(): void {
    this.pings += 1;
    if (this.answers) this.heardAt = performance.now();
  }
  lost(): void {
    this.losses += 1;
  }
}

describe('Heartbeat', () => {
  it('gives up once on a peer that says nothing, and keeps one that answers', async () => {
    heartbeat = new Heartbeat(50);
    const [dead, living] = [new FakePulse(false), new FakePulse(true)];
    heartbeat.add(dead);
    heartbeat.add(living);
    await until(() => living.pings >= 10 && dead.losses > 0, 'pings, and the loss');
    expect({ dead: dead.losses, living: living.losses }).toEqual({ dead: 1, living: 0 });
    expect(dead.pings).toBeGreaterThanOrEqual(1);
  });

  it('at the default of 5 s finds a dead peer within 15 s, whenever it died, and not before two pings were due', async () => {
    vi.useFakeTimers();
    for (let livedMs = 0; livedMs <= 5000; livedMs += 250) {
      heartbeat = new Heartbeat(5000);
      const peer = new FakePulse(false);
      heartbeat.add(peer);
      await vi.advanceTimersByTimeAsync(livedMs);
      peer.heardAt = performance.now();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(peer.losses, `after 10 s, died at ${livedMs} ms`).toBe(0);
      await vi.advanceTimersByTimeAsync(4500);
      expect(peer.losses, `after 14.5 s, died at ${livedMs} ms`).toBe(1);
      heartbeat.stop();
    }
  });

  it('does not take its own absence for silence of the others', async () => {
    heartbeat = new Heartbeat(40);
    const living = new FakePulse(true);
    heartbeat.add(living);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await until(() => living.pings >= 5, 'pings');
    expect(living.losses).toBe(0);
  });
});

describe('the heartbeat that a client is told', () => {
  it.each([
    [1000, 1000],
    [60_000, 5000],
  ])('for %i ms configured is %i ms: a half-open link is found within 15 s in any case', async (heartbeatMs, told) => {
    await using layer = await startLayer({ heartbeatMs });
    const { welcome } = await TestClient.greet(layer.port);
    expect(welcome.heartbeatMs).toBe(told);
  });
});

describe('a half-open link', () => {
  it('is found: the connection of a client that went silent is ended, and only that', async () => {
    await using layer = await startLayer({ heartbeatMs: 100 });
    const silent = new TestClient(layer.port, { autoPong: false });
    await silent.opened();
    silent.send({ type: 'hello', protocol: 1, token: testToken });
    const { client: alive } = await TestClient.greet(layer.port);
    expect(await silent.closure()).toBe(1006);
    const metrics = await layer.registry.metrics();
    expect(metrics).toContain('openclaw_session_heartbeat_timeouts_total 1');
    expect(metrics).toContain('openclaw_session_connections 1');
    expect(alive.closed).toBeUndefined();
    expect(await alive.message('m')).toBe(1);
  });

  it('is found although the dead peer still owes us reading what was sent', async () => {
    await using layer = await startLayer({ heartbeatMs: 100 });
    const { client, welcome } = await TestClient.greet(layer.port);
    client.socket.pause();
    const { client: other } = await TestClient.greet(layer.port, { session: welcome.session });
    await other.message('m', 'x'.repeat(500_000));
    await until(async () => (await layer.registry.metrics()).includes('openclaw_session_connections 1'), 'the end');
    expect(await layer.registry.metrics()).toContain('openclaw_session_heartbeat_timeouts_total 1');
  });
});
