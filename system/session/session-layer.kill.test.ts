/** The layer as a process of its own, killed in the middle of its work: what it acknowledged is there, once and in order. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../layer/free-port.fixture.ts';
import { FakeGateway } from './testing/fake-gateway.ts';
import { type ChildLayer, kill, makeHome, spawnLayer } from './testing/session-fixture.ts';
import { type FrameOf, TestClient, testToken, until } from './testing/test-client.ts';

let home: string;
let gateway: FakeGateway;
let child: ChildLayer | undefined;
beforeEach(async () => {
  home = await makeHome();
  gateway = new FakeGateway(testToken);
  await gateway.start();
});
afterEach(async () => {
  if (child?.process.exitCode === null && child.process.signalCode === null) await kill(child.process, 'SIGKILL');
  await gateway.stop();
  await rm(home, { recursive: true });
});

const rounds = 5;

/** Every message acknowledged, and the entries arrived up to the last message and the last event: an ack overtakes its entry. */
function isComplete(client: TestClient, unacked: readonly string[], newestEvent: number): boolean {
  const acks = new Map(client.of('ack').map(({ id, offset }) => [id, offset]));
  const entries = client.of('entry');
  return (
    unacked.every((id) => acks.has(id)) &&
    (entries.at(-1)?.offset ?? 0) >= Math.max(...acks.values()) &&
    entries.some(({ kind, id }) => kind === 'event' && id === String(newestEvent))
  );
}

describe('SIGKILL', () => {
  it('loses nothing that was acknowledged and no event, doubles nothing, and keeps the epoch', async () => {
    const port = await freePort();
    const start = () => spawnLayer(home, port, { OPENCLAW_GATEWAY_URL: gateway.url });
    const seen = new Map<number, FrameOf<'entry'>>();
    const acked = new Map<string, number>();
    let position: { session: string; epoch: string } | undefined;
    let unacked: string[] = [];
    let next = 1;

    for (let round = 0; round <= rounds; round += 1) {
      child = await start();
      const { client, welcome } = await TestClient.greet(port, { ...position, after: Math.max(0, ...seen.keys()) });
      if (position !== undefined) expect(welcome).toMatchObject({ ...position, recovered: true });
      position = { session: welcome.session, epoch: welcome.epoch };
      // What was not acknowledged is sent again, under the ids that it had.
      for (const id of unacked) client.send({ type: 'message', id, body: id });
      const pump = setInterval(() => {
        for (let n = 0; n < 5; n += 1, next += 1) {
          unacked.push(`m${next}`);
          client.send({ type: 'message', id: `m${next}`, body: `m${next}` });
        }
        gateway.emit();
      }, 5);
      const enough = (round + 1) * 60;
      await until(() => client.of('ack').length >= Math.min(enough, 150), 'acks');
      clearInterval(pump);
      if (round < rounds) {
        await kill(child.process, 'SIGKILL');
        await client.closure();
      } else await until(() => isComplete(client, unacked, gateway.newest), 'everything that is owed');
      for (const entry of client.of('entry')) {
        expect(seen.has(entry.offset), `offset ${entry.offset} twice`).toBe(false);
        seen.set(entry.offset, entry);
      }
      for (const { id, offset } of client.of('ack')) {
        expect(acked.get(id) ?? offset, `${id} acknowledged at two offsets`).toBe(offset);
        acked.set(id, offset);
      }
      unacked = unacked.filter((id) => !acked.has(id));
    }

    const log = [...seen.values()].toSorted((a, b) => a.offset - b.offset);
    expect(log.map(({ offset }) => offset)).toEqual(log.map((_, index) => index + 1));
    const messages = log.filter(({ kind }) => kind === 'message');
    expect(messages.map(({ id, offset }) => [id, offset])).toEqual([...acked].toSorted((a, b) => a[1] - b[1]));
    expect(messages.map(({ id }) => id)).toEqual(messages.map((_, index) => `m${index + 1}`));
    const events = log.filter(({ kind }) => kind === 'event').map(({ id }) => Number(id));
    expect(events).toEqual(events.map((_, index) => (events[0] ?? 0) + index));
    expect(events.at(-1)).toBe(gateway.newest);
  }, 60_000);
});

describe('SIGTERM', () => {
  it('ends with 1001 and exit code 0', async () => {
    const port = await freePort();
    child = await spawnLayer(home, port);
    // Measured 0.35 to 0.5 s; the bound is generous because the machine may be busy.
    expect(child.readyAfterMs).toBeLessThan(10_000);
    const { client } = await TestClient.greet(port);
    expect(await kill(child.process, 'SIGTERM')).toBe(0);
    expect(await client.closure()).toBe(1001);
  });
});
