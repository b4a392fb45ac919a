import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeSystem, token } from '../observe/testing/fake-system.ts';
import { SessionProbe } from './session-probe.ts';

describe('a session probe', () => {
  let system: FakeSystem;
  let probe: SessionProbe;

  beforeEach(async () => {
    system = await FakeSystem.start([]);
    probe = new SessionProbe(() => system.cut('client-session').address, token);
  });

  afterEach(async () => {
    probe[Symbol.dispose]();
    await system[Symbol.asyncDispose]();
  });

  it('connects once, as a probe, and then pings', async () => {
    for (let n = 0; n < 5; n++) expect(await probe.probe(2000)).toEqual({ good: true });
    expect(system.session.hellos).toHaveLength(1);
    expect(system.session.hellos[0]).toMatchObject({ kind: 'probe', events: 'own' });
    expect(system.session.users).toBe(0);
  });

  it('keeps one of several connections that were made at the same time', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => probe.probe(2000)));
    expect(outcomes).toEqual(outcomes.map(() => ({ good: true })));
    expect(system.session.hellos).toHaveLength(4);
    expect(await probe.probe(2000)).toEqual({ good: true });
    await vi.waitFor(() => {
      const open = [...system.session.sessions.values()].filter(({ sockets }) => sockets.size > 0);
      expect(open).toHaveLength(1);
    });
  });

  it('is bad at once when the connection is cut, and good again afterwards', async () => {
    await probe.probe(2000);
    await system.cut('client-session').refuse();
    await vi.waitFor(async () =>
      expect(await probe.probe(2000)).toMatchObject({ good: false, detail: 'ECONNREFUSED' }),
    );
    await system.cut('client-session').allow();
    expect(await probe.probe(2000)).toEqual({ good: true });
  });

  it('times out on a black hole, tries anew with each probe, and leaves no connection behind', async () => {
    await probe.probe(2000);
    system.cut('client-session').swallow();
    const during = await Promise.all([1, 2, 3].map(() => probe.probe(200)));
    expect(during).toEqual(during.map(() => expect.objectContaining({ good: false, timedOut: true })));
    expect(await probe.probe(200)).toMatchObject({ good: false, detail: 'not welcomed within 200 ms' });
    await system.cut('client-session').allow();
    await vi.waitFor(async () => expect(await probe.probe(1000)).toEqual({ good: true }));
    await vi.waitFor(() => {
      const open = [...system.session.sessions.values()].filter(({ sockets }) => sockets.size > 0);
      expect(open).toHaveLength(1);
    });
  });

  it('goes on with a connection that answers late', async () => {
    await probe.probe(2000);
    system.session.misbehaviour.isMute = true;
    const late = await probe.probe(150);
    expect(late).toMatchObject({ good: false, timedOut: true });
    system.session.misbehaviour.isMute = false;
    expect(await probe.probe(2000)).toEqual({ good: true });
  });

  it('is not good with a welcome alone', async () => {
    system.session.misbehaviour.isMute = true;
    expect(await probe.probe(300)).toMatchObject({ good: false, timedOut: true });
  });
});
