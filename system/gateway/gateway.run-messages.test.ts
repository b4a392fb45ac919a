/** Messages that ask for runs: each is stored once, and its run accepted once, whatever happens in between. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../layer/logger.ts';
import type { SessionMessage } from '../layer/wire.ts';
import { GatewayCore } from './gateway-core.ts';
import { limits } from './limits.ts';
import { migrations } from './tables.ts';
import { makeHome, skill, startHere } from './testing/test-gateway.ts';

const asking = { type: 'run', skill: skill.name };

function message(session: string, offset: number, body: unknown = asking, epoch = 'e'): SessionMessage {
  return { session, epoch, offset, at: 1000, id: `m${offset}`, body };
}

describe('a message that asks for a run', () => {
  let home: ReturnType<typeof makeHome>;
  let gateway: Awaited<ReturnType<typeof startHere>>;
  let db: DatabaseSync;
  const start = async (changed = {}) => {
    gateway = await startHere(home.path, changed, (opened) => {
      db = opened;
    });
  };
  beforeEach(async () => {
    home = makeHome();
    await start();
    await gateway.call('PUT', '/v1/skills', { skills: [skill, { ...skill, name: 'broken', problem: 'no command' }] });
  });
  afterEach(async () => {
    await gateway.close();
    home[Symbol.dispose]();
  });
  const send = (...messages: SessionMessage[]) => gateway.call('POST', '/v1/messages', { messages });
  const commands = async () => (await gateway.call('GET', '/v1/commands')).body.commands;
  const stored = async () => (await gateway.call('GET', '/v1/messages')).body.messages;
  const requests = async () =>
    Object.fromEntries(
      [...(await gateway.registry.metrics()).matchAll(/run_requests_total\{result="(\w+)"\} (\d+)/g)].map(
        ([, result, count]) => [result, Number(count)],
      ),
    );

  it('has it accepted for its session, as if it had come over HTTP', async () => {
    // Longer than the test may take: what comes is told at once.
    const waiting = gateway.call('GET', '/v1/commands?waitMs=30000');
    expect((await send(message('s1', 1))).body).toEqual({ accepted: 1, duplicates: 0 });
    const { commands: pulled } = (await waiting).body;
    expect(pulled).toMatchObject([{ kind: 'run', skill: skill.name, session: 's1' }]);
    expect(await gateway.events(0, 1)).toMatchObject([
      { type: 'run.accepted', session: 's1', run: { id: pulled[0].id, trigger: 'request' } },
    ]);
    expect(await requests()).toEqual({ new: 1, repeated: 0, refused: 0 });
  });

  it.each([
    ['is a member short', { type: 'run' }],
    ['has a member too many', { ...asking, now: true }],
    ['is of another type', { ...asking, type: 'walk' }],
    ['is its text', JSON.stringify(asking)],
    ['is in a list', [asking]],
    ['names no skill', { type: 'run', skill: '' }],
    ['is null', null],
  ])('is a message like any other if its body %s', async (_what, body) => {
    expect((await send(message('s1', 1, body))).body).toEqual({ accepted: 1, duplicates: 0 });
    expect([await commands(), await stored()]).toEqual([[], [message('s1', 1, body)]]);
    expect(await requests()).toEqual({ new: 0, repeated: 0, refused: 0 });
  });

  it('is kept where the run is refused, and counted; what is delivered again later is not asked again', async () => {
    await gateway.close();
    await start({ pendingCommands: 1 });
    const batch = [
      message('s1', 1, { ...asking, skill: 'nobody' }),
      message('s1', 2, { ...asking, skill: 'broken' }),
      message('s1', 3),
      message('s1', 4),
    ];
    expect((await send(...batch)).body).toEqual({ accepted: 4, duplicates: 0 });
    expect(await requests()).toEqual({ new: 1, repeated: 0, refused: 3 });
    expect(await stored()).toEqual(batch);
    await gateway.call('PUT', '/v1/skills', { skills: [skill, { ...skill, name: 'nobody' }] });
    for (const { id } of await commands()) await gateway.call('POST', `/v1/commands/${id}/ack`);
    expect((await send(...batch)).body).toEqual({ accepted: 0, duplicates: 4 });
    expect([await requests(), await commands()]).toEqual([{ new: 1, repeated: 0, refused: 3 }, []]);
  });

  it('leaves nothing behind if it cannot be stored, and has its run when it comes again', async () => {
    db.exec(
      `CREATE TRIGGER crash BEFORE INSERT ON message WHEN new.offset = 3 BEGIN SELECT RAISE(ABORT, 'crash'); END`,
    );
    const batch = [message('s1', 1), message('s1', 2), message('s1', 3)];
    expect((await send(...batch)).status).toBe(500);
    expect([await stored(), await commands(), await requests()]).toEqual([[], [], { new: 0, repeated: 0, refused: 0 }]);
    db.exec('DROP TRIGGER crash');
    expect((await send(...batch)).body).toEqual({ accepted: 3, duplicates: 0 });
    await gateway.close();
    await start();
    expect((await send(...batch)).body).toEqual({ accepted: 0, duplicates: 3 });
    expect(await commands()).toHaveLength(3);
  });

  it('is not stored without its run where the run cannot be written', async () => {
    db.exec(`CREATE TRIGGER crash BEFORE INSERT ON command BEGIN SELECT RAISE(ABORT, 'crash'); END`);
    expect((await send(message('s1', 1))).status).toBe(500);
    expect([await stored(), await requests()]).toEqual([[], { new: 0, repeated: 0, refused: 0 }]);
    db.exec('DROP TRIGGER crash');
    expect((await send(message('s1', 1))).body).toEqual({ accepted: 1, duplicates: 0 });
    expect(await commands()).toHaveLength(1);
  });

  it('has nothing to do with a request over HTTP that took its identity for a key', async () => {
    const key = { 'idempotency-key': JSON.stringify(['s1', 'e', 1]) };
    await gateway.call('POST', `/v1/skills/${skill.name}/runs`, { session: 's1' }, key);
    await send(message('s1', 1));
    expect([await requests(), (await commands()).length]).toEqual([{ new: 2, repeated: 0, refused: 0 }, 2]);
  });

  it('is counted with the requests that come over HTTP, those that are refused too', async () => {
    const ask = (name: string) =>
      gateway.call('POST', `/v1/skills/${name}/runs`, undefined, { 'idempotency-key': 'k' });
    for (const name of ['nobody', skill.name, skill.name]) await ask(name);
    await send(message('s1', 1));
    expect(await requests()).toEqual({ new: 2, repeated: 1, refused: 1 });
  });

  it('has one run also if it is no longer kept when it comes again', async () => {
    await gateway.close();
    await start({ messagesKept: 100 });
    await send(message('s1', 1));
    for (let offset = 2; offset < 210; offset += 50)
      await send(...Array.from({ length: 50 }, (_, index) => message('s1', offset + index, 'hello')));
    expect((await stored())[0].offset).toBeGreaterThan(1);
    expect((await send(message('s1', 1))).body).toEqual({ accepted: 1, duplicates: 0 });
    expect(await requests()).toMatchObject({ new: 1, repeated: 1 });
    expect(await commands()).toHaveLength(1);
  });
});

describe('batches of messages, delivered in any pieces and as often as it takes,', () => {
  it('make one run for each message that asks for one', () => {
    const sessions = fc.constantFrom('a', 'a"', 'b', '["a"');
    // A session that was deleted and made anew counts from 1 again, in another epoch.
    const epochs = fc.constantFrom('e', 'f');
    const one = fc.record({
      session: sessions,
      epoch: epochs,
      offset: fc.integer({ min: 1, max: 12 }),
      asks: fc.boolean(),
    });
    const deliveries = fc.array(
      fc.record({ batch: fc.array(one, { minLength: 1, maxLength: 5 }), lost: fc.boolean() }),
    );
    fc.assert(
      fc.property(deliveries, (given) => {
        const db = new DatabaseSync(':memory:');
        for (const migration of migrations) db.exec(migration);
        const context = { registry: new Registry(), log: createLogger('gateway', 'silent') };
        const core = new GatewayCore(db, context, limits);
        core.tellSkills([skill]);
        // What a message says is settled when it first comes, and stays.
        const bodies = new Map<string, unknown>();
        for (const { batch, lost } of given) {
          const messages = batch.map(({ session, epoch, offset, asks }) => {
            const name = `${session} ${epoch} ${offset}`;
            if (!bodies.has(name)) bodies.set(name, asks ? asking : 'hello');
            return message(session, offset, bodies.get(name), epoch);
          });
          core.deliver(messages);
          // The answer did not arrive: all of it comes again.
          if (lost) core.deliver(messages);
        }
        const asked = [...bodies.values()].filter((body) => body === asking).length;
        const runs = core.runList.page({}, 500).items.map(({ session }) => session);
        const wanted = [...bodies].filter(([, body]) => body === asking).map(([name]) => name.replace(/ \w \d+$/, ''));
        expect([core.pendingCommands(), runs.sort()]).toEqual([asked, wanted.sort()]);
        core.close();
      }),
      { numRuns: 60 },
    );
  });
});
