import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHome, report, skill, startHere } from './testing/test-gateway.ts';

let home: ReturnType<typeof makeHome>;
let gateway: Awaited<ReturnType<typeof startHere>>;
let db: DatabaseSync;
beforeEach(async () => {
  home = makeHome();
  gateway = await startHere(home.path, { storageRetryMs: 50 }, (opened) => {
    db = opened;
  });
  await gateway.call('PUT', '/v1/skills', { skills: [skill] });
});
afterEach(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

/** To SQLite a file that may not grow is a disk that is full. */
function fillDisk(): void {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages}`);
}
function freeDisk(): void {
  db.exec('PRAGMA max_page_count = 1000000');
}

const ask = (key: string) =>
  gateway.call('POST', `/v1/skills/${skill.name}/runs`, undefined, { 'idempotency-key': key });
const health = async () => (await gateway.call('GET', '/health')).body;

/** Until the last page is used up. */
async function askUntilRefused(): Promise<{ accepted: string[]; refused: Awaited<ReturnType<typeof ask>> }> {
  const accepted: string[] = [];
  for (let index = 0; index < 500; index += 1) {
    const answer = await ask(`k${index}`);
    if (answer.status !== 202) return { accepted, refused: answer };
    accepted.push(answer.body.run.id);
  }
  throw new Error('never refused');
}

describe('while the disk is full', () => {
  it('what writes is told when to come again, what reads is answered, and health says so', async () => {
    fillDisk();
    const { accepted, refused } = await askUntilRefused();
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'OPENCLAW_STORAGE', detail: expect.stringMatching(/full/) },
    });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(
      (await gateway.call('POST', '/v1/reports', report('x@1', { state: 'finished', output: 'x'.repeat(4000) })))
        .status,
    ).toBe(503);
    expect(await health()).toMatchObject({
      status: 'degraded',
      degraded: [expect.stringMatching(/gateway\.db cannot be written: database or disk is full/)],
    });
    expect((await gateway.call('GET', '/v1/status')).body).toMatchObject({ status: 'degraded' });
    // To know an old request again takes no room, and proves none.
    expect((await ask('k0')).status).toBe(200);
    expect((await health()).status).toBe('degraded');
    const { runs } = (await gateway.call('GET', '/v1/runs?limit=500')).body;
    expect(runs.map(({ id }: { id: string }) => id)).toEqual(accepted.toReversed());
    expect(await gateway.events(0, accepted.length)).toHaveLength(accepted.length);
  });

  it('what was refused left nothing behind, and is done when there is room again', async () => {
    fillDisk();
    const { accepted } = await askUntilRefused();
    freeDisk();
    expect((await ask(`k${accepted.length}`)).status).toBe(202);
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({ status: 'ok', degraded: [] });
    const events = await gateway.events(0, accepted.length + 1);
    expect(events.map(({ id }) => id - (events[0]?.id ?? 0))).toEqual(events.map((_, index) => index));
  });

  it('it is noticed that there is room again, even if nobody writes', async () => {
    fillDisk();
    await askUntilRefused();
    expect((await health()).status).toBe('degraded');
    freeDisk();
    await expect.poll(async () => (await health()).status, { timeout: 10_000 }).toBe('ok');
  });
});
