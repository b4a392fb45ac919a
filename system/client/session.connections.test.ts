import { describe, expect, it } from 'vitest';
import { open, start, take } from './session.fixture.ts';
import { World } from './world.fixture.ts';

describe('close codes', () => {
  it.each([4400, 4401, 4403, 4406, 4409, 1007, 1009])('%i is for good', async (code) => {
    const { world, session, problems } = await open();
    const sent = session.send('a');
    await world.drop(code);
    await world.pass(120_000);
    expect([session.state, world.dials.length]).toEqual(['closed', 1]);
    await expect(sent).rejects.toMatchObject({ code: 'REFUSED', closeCode: code });
    await expect(take(session, 1)).rejects.toMatchObject({ code: 'REFUSED', closeCode: code });
    await expect(session.send('b')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(problems.at(-1)).toMatchObject({ code: 'REFUSED', closeCode: code });
  });

  it.each([1001, 1006, 1011, 1012, 4408, 4999])('%i means to come back', async (code) => {
    const { world, session } = await open();
    await world.drop(code);
    await world.pass(100);
    await world.carry();
    expect(session.state).toBe('open');
  });

  it('4413 means to come back at once, as long as that gets on', async () => {
    const { world } = await open();
    world.append('event', 'e1', null);
    await world.carry();
    await world.drop(4413);
    await world.pass(0);
    expect(world.dials).toEqual([0, 0]);
    await world.carry();
    await world.drop(4413);
    await world.pass(0);
    expect(world.dials).toEqual([0, 0]);
    await world.pass(5000);
    expect(world.dials).toHaveLength(3);
  });

  it.each([4429, 1013])('%i means to come back, but not before the server says', async (code) => {
    const { world } = await open();
    await world.drop(code, 60_000);
    await world.pass(59_999);
    expect(world.dials).toHaveLength(1);
    await world.pass(10_000);
    expect(world.dials).toHaveLength(2);
  });

  it('4404 means to go on with a new session, after a gap', async () => {
    const { world, session } = await open();
    await world.drop(4404);
    await world.pass(1000);
    await world.carry();
    expect(world.hellos[1]).not.toHaveProperty('session');
    expect(await take(session, 1)).toMatchObject([{ type: 'gap', reason: 'new-session' }]);
  });
});

describe('dialling', () => {
  it('opens the breaker after ten failures in a row, probes with one dial, and is as before once one lasted', async () => {
    const world = new World(() => 0.999);
    const { session, states } = await open({}, world);
    world.refuses = true;
    await world.drop(1006);
    await world.pass(60_000);
    expect(session.state).toBe('circuit-open');
    // The one that was open, nine that failed in a row after it, and one probe each pause of 15 to 30 s.
    const gaps = world.dials.map((at, n) => at - (world.dials[n - 1] ?? 0)).slice(1);
    expect(gaps.slice(0, 9).map((ms) => Math.round(ms / 100))).toEqual([1, 2, 4, 8, 16, 32, 50, 50, 50]);
    for (const ms of gaps.slice(9)) expect(ms).toBeGreaterThan(15_000);
    expect(gaps.length).toBeLessThan(13);
    expect(states.slice(-3)).toEqual(['circuit-open', 'half-open', 'circuit-open']);
    world.refuses = false;
    await world.pass(30_000);
    await world.carry();
    expect(states.slice(-2)).toEqual(['half-open', 'open']);
    await world.pass(1000);
    await world.carry();
    await world.pass(1500);
    await world.carry();
    await world.drop(1006);
    expect(session.state).toBe('waiting');
  });

  it('does not take a welcome for a success if the connection never lasts', async () => {
    const { world, session } = await open();
    for (let n = 0; n < 12; n += 1) {
      await world.drop(1006);
      await world.pass(5000);
      await world.carry();
    }
    expect(session.state).toBe('circuit-open');
  });

  it('spreads many clients over the whole time (full jitter)', async () => {
    const first = async (random: number) => {
      const world = new World(() => random);
      await open({}, world);
      await world.drop(1006);
      await world.pass(200);
      return world.dials[1];
    };
    expect(await Promise.all([0, 0.5, 0.999].map(first))).toEqual([0, 50, 99.9]);
  });

  it('can be hurried', async () => {
    const { world, session } = start();
    world.refuses = true;
    await world.pass(100_000);
    expect(session.state).toBe('circuit-open');
    world.refuses = false;
    session.retryNow();
    await world.carry();
    expect(session.state).toBe('open');
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const world = new World();
    world.mute = true;
    start({}, world);
    await world.pass(9999);
    expect(world.dials).toHaveLength(1);
    await world.pass(5000);
    expect(world.dials).toHaveLength(2);
  });

  it('stops for good at an address that is none', async () => {
    const opening = () => {
      throw new SyntaxError('invalid URL');
    };
    const { session, world, problems } = start({ environment: { ...new World().environment, open: opening } });
    await world.carry();
    expect([session.state, problems[0]?.code]).toEqual(['closed', 'REFUSED']);
  });
});

describe('a silent server', () => {
  it.each([1000, 5000, 60_000])(
    'with a heartbeat of %i ms is found within 15 s, one that answers is kept',
    async (heartbeatMs) => {
      const world = new World();
      world.heartbeatMs = heartbeatMs;
      const { session, problems } = await open({}, world);
      for (let n = 0; n < 60; n += 1) {
        await world.pass(500);
        await world.carry();
      }
      expect([session.state, world.dials.length]).toEqual(['open', 1]);
      await world.pass(15_000);
      expect(problems[0]?.message).toMatch(/silent/);
    },
  );

  it('is not what a machine that slept takes a server for, but one that stays silent then is found', async () => {
    const { world, session, problems } = await open();
    await world.pass(700);
    await world.carry();
    world.sleep(60_000);
    await world.pass(100);
    await world.carry();
    expect([session.state, problems]).toEqual(['open', []]);
    for (let n = 0; n < 3; n += 1) {
      world.sleep(60_000);
      await world.pass(100);
    }
    expect(problems[0]?.message).toMatch(/silent/);
  });
});

describe('bounds', () => {
  it('keeps 8 MiB of entries for an application that does not read, and gets the others when it does', async () => {
    const { world, session } = await open();
    for (let n = 0; n < 20; n += 1) world.append('event', `e${n}`, 'x'.repeat(1024 * 1024));
    await world.carry();
    const read = take(session, 20);
    for (let n = 0; n < 10; n += 1) {
      await world.pass(100);
      await world.carry();
    }
    expect((await read).map((item) => item.type === 'entry' && item.id)).toEqual(world.log.map(({ id }) => id));
    expect(world.hellos.map(({ after }) => after)).toEqual([undefined, 8, 16]);
  });

  it('keeps a thousand entries for an application that does not read, and gets the others when it does', async () => {
    const { world, session } = await open();
    for (let n = 0; n < 2500; n += 1) world.append('event', `e${n}`, null);
    await world.carry();
    const read = take(session, 2500);
    for (let n = 0; n < 10; n += 1) {
      await world.pass(100);
      await world.carry();
    }
    const items = await read;
    expect(items).toEqual(world.log);
    expect(world.hellos.map(({ after }) => after)).toEqual([undefined, 1000, 2000]);
  });

  it('takes a thousand messages while the server is away, and refuses the next', async () => {
    const world = new World();
    world.refuses = true;
    const { session } = start({}, world);
    const sent = Array.from({ length: 1000 }, (_, n) => session.send(n));
    await expect(session.send('one too many')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await world.pass(1000);
    world.refuses = false;
    await world.pass(5000);
    await world.carry();
    await world.carry();
    expect(await Promise.all(sent)).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
    await expect(session.send('x'.repeat(1024 * 1024))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const large = Array.from({ length: 9 }, () => session.send('x'.repeat(1_000_000)));
    const outcomes = Promise.allSettled(large);
    await world.carry();
    expect((await outcomes).map(({ status }) => status)).toEqual([...Array(8).fill('fulfilled'), 'rejected']);
    const again = session.send('x'.repeat(1_000_000));
    await world.carry();
    expect(await again).toBe(1009);
  });
});
