import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeLayers } from './fake-layers.fixture.ts';
import { followRun, requestRun } from './skill-run.ts';

const run = { id: 'r1', skill: 'beat', trigger: 'request', attempt: 1, state: 'accepted' };
const finished = { ...run, state: 'finished', outcome: 'failed', exitCode: 3, output: 'no\n' };
const path = '/v1/skills/beat/runs';

describe('a run that is asked for', () => {
  let layers: FakeLayers;
  beforeEach(async () => {
    layers = await FakeLayers.start();
  });
  afterEach(() => layers[Symbol.asyncDispose]());

  it('is asked for again under the same key until it is heard', async () => {
    layers.answers.set(`gateway ${path}`, () =>
      layers.heard.length < 3 ? { status: 503, body: {} } : { status: 202, body: { run } },
    );
    expect(await requestRun(layers.operated(), 'beat')).toMatchObject({ id: 'r1' });
    expect(layers.heard.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
    const keys = new Set(layers.heard.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[\w-]{36}$/);
  });

  it.each([
    [404, 3],
    [409, 3],
    [401, 3],
  ])('is not asked for again after %i', async (status, exitCode) => {
    layers.say('gateway', path, { detail: 'no' }, status);
    await expect(requestRun(layers.operated(), 'beat')).rejects.toMatchObject({ exitCode });
    expect(layers.heard).toHaveLength(1);
  });

  it('is not waited for when nobody listens', async () => {
    await layers.stop('gateway');
    await expect(requestRun(layers.operated(), 'beat')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no run was asked for'),
    });
  });

  it('is followed to its end, each state told once', async () => {
    const states = ['accepted', 'accepted', 'started', 'started'];
    layers.answers.set('gateway /v1/runs/r1', () => {
      const state = states.shift();
      return { body: { run: state === undefined ? finished : { ...run, state } } };
    });
    const told: string[] = [];
    expect(await followRun(layers.operated(), 'r1', ({ state }) => told.push(state))).toMatchObject({
      exitCode: 3,
      output: 'no\n',
    });
    expect(told).toEqual(['accepted', 'started', 'finished']);
  });

  it('is followed in the ledger when the gateway is gone', async () => {
    await layers.stop('gateway');
    layers.say('runtime', '/v1/runs/r1', finished);
    expect(await followRun(layers.operated(), 'r1', () => undefined)).toMatchObject({ outcome: 'failed' });
  });
});
