/** Who may connect, and to which sessions. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHome, startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken } from './testing/test-client.ts';

const tokens = { alice: 'token-of-alice', bob: 'token-of-bob' };

let home: string;
beforeEach(async () => {
  home = await makeHome();
  const folder = join(home, 'state', 'tokens');
  await mkdir(folder, { recursive: true });
  for (const [name, token] of Object.entries(tokens))
    await writeFile(join(folder, name), `${token}\n`, { mode: 0o600 });
});
afterEach(() => rm(home, { recursive: true }));

/** Says hello to a layer that will not have it; resolves with the close code and the error. */
async function refused(port: number, hello: object) {
  const client = new TestClient(port);
  await client.opened();
  client.send({ type: 'hello', protocol: 1, ...hello });
  return { code: await client.closure(), error: client.of('error')[0] };
}

describe('a token', () => {
  it('opens its own sessions and no others; the owner opens all', async () => {
    await using layer = await startLayer({ home });
    const { client, welcome } = await TestClient.greet(layer.port, { token: tokens.alice });
    await client.message('m');
    const { session, epoch } = welcome;
    expect(await refused(layer.port, { token: tokens.bob, session, epoch, after: 0 })).toMatchObject({
      code: 4403,
      error: { code: 'session-forbidden' },
    });
    for (const token of [tokens.alice, testToken]) {
      const again = await TestClient.greet(layer.port, { token, session, epoch, after: 0 });
      expect(again.welcome.recovered).toBe(true);
      await again.client.entries(1);
    }
    const owners = await TestClient.greet(layer.port);
    expect(await refused(layer.port, { token: tokens.alice, session: owners.welcome.session })).toMatchObject({
      code: 4403,
    });
  });

  it('that is wrong is refused, and after ten of them nothing is looked at for a while', async () => {
    await using layer = await startLayer({ home });
    const answers = [];
    for (let n = 0; n < 12; n += 1) answers.push(await refused(layer.port, { token: `guess-${n}` }));
    expect(answers.slice(0, 10).map(({ code }) => code)).toEqual(Array.from({ length: 10 }, () => 4401));
    const limited = answers.filter(({ code }) => code === 4429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.error).toMatchObject({ code: 'too-many-failures', retryAfterMs: expect.any(Number) });
    expect(await refused(layer.port, { token: testToken })).toMatchObject({ code: 4429 });
    const metrics = await layer.registry.metrics();
    expect(metrics).toMatch(/openclaw_auth_failures_total\{layer="session"\} 1[23]/);
    expect(metrics).toMatch(/rejections_total\{reason="too-many-failures"\} [1-9]/);
  });

  it('has so many sessions: the one left longest ago makes room, and none if all are in use', async () => {
    await using layer = await startLayer({ home, limits: { sessionsPerToken: 2 } });
    const token = tokens.alice;
    const first = await TestClient.greet(layer.port, { token });
    const second = await TestClient.greet(layer.port, { token });
    expect(await refused(layer.port, { token })).toMatchObject({
      code: 4429,
      error: { code: 'too-many-sessions', retryAfterMs: expect.any(Number) },
    });
    await TestClient.greet(layer.port, { token: tokens.bob });
    await TestClient.greet(layer.port);
    await first.client.end();
    await TestClient.greet(layer.port, { token });
    const { session, epoch } = first.welcome;
    const late = { token, session, epoch, after: 0 };
    expect(await refused(layer.port, late)).toMatchObject({ code: 4429 });
    await second.client.end();
    expect((await TestClient.greet(layer.port, late)).welcome).toMatchObject({ reason: 'unknown-session' });
  });

  it('is not taken from the URL', async () => {
    await using layer = await startLayer({ home });
    const client = new TestClient(layer.port, {}, `/ws?token=${testToken}`);
    expect(await client.closure()).toBe(1006);
    expect(client.refusal?.status).toBe(400);
    expect(await layer.registry.metrics()).toContain('rejections_total{reason="token-in-url"} 1');
  });
});

describe('a browser', () => {
  it('may come from the layer itself and from where it is told, and from nowhere else', async () => {
    await using layer = await startLayer({ home, allowedOrigins: ['https://chat.example.org'] });
    const from = (origin: string) => new TestClient(layer.port, { headers: { origin } });
    const stranger = from('https://evil.example');
    expect(await stranger.closure()).toBe(1006);
    expect(stranger.refusal?.status).toBe(403);
    expect(await layer.registry.metrics()).toContain('rejections_total{reason="origin"} 1');
    await from('https://chat.example.org').opened();
    await from(`http://127.0.0.1:${layer.port}`).opened();
  });
});
