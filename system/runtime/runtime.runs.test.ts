/** What becomes of runs that fail, are cancelled, overlap, or leave something behind, in a real runtime. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type ExpectStatic, it } from 'vitest';
import { processesMarked } from './attempt/process-marks.ts';
import { FakeGateway } from './fake-gateway.fixture.ts';
import type { LedgerRow } from './ledger/ledger-row.ts';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';

const patience = { timeout: 15_000 };
const note = 'echo "$OPENCLAW_RUN $OPENCLAW_ATTEMPT" >> "$OPENCLAW_HOME/effects/$OPENCLAW_SKILL"';

describe.concurrent('runs', { timeout: 40_000 }, () => {
  const row = async (runtime: RuntimeProcess, id: string) =>
    (await runtime.get(`/v1/runs/${id}`)) as LedgerRow & { readonly output: string | null };
  const finished = (expect: ExpectStatic, runtime: RuntimeProcess, id: string) =>
    expect.poll(() => row(runtime, id), patience).toMatchObject({ state: 'finished' });

  it('that fail are tried again as often as they may, and say how each ended', async ({ expect }) => {
    using home = new Home();
    const asked = { schedule: undefined };
    const thirdTime = `${note}; echo "attempt $OPENCLAW_ATTEMPT"; [ "$OPENCLAW_ATTEMPT" = 3 ] || exit 8`;
    home.skill('flaky', thirdTime, { ...asked, retries: { max: 2, backoff: '50ms' } });
    home.skill('hopeless', `${note}; kill -SEGV $$`, { ...asked, retries: { max: 1, backoff: '50ms' } });
    home.skill('secretive', 'env; printf "\\033[31mred\\n"', asked);
    await using gateway = await new FakeGateway().open();
    for (const skill of ['flaky', 'hopeless', 'secretive']) gateway.command(`one-${skill}`, skill);
    await using runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url, SECRET: 'hunter2' });
    for (const skill of ['flaky', 'hopeless', 'secretive']) await finished(expect, runtime, `one-${skill}`);

    expect(home.lines('effects/flaky')).toEqual(['one-flaky 1', 'one-flaky 2', 'one-flaky 3']);
    expect(await row(runtime, 'one-flaky')).toMatchObject({
      outcome: 'succeeded',
      attempt: 3,
      exitCode: 0,
      output: 'attempt 3',
    });
    expect(home.lines('effects/hopeless')).toEqual(['one-hopeless 1', 'one-hopeless 2']);
    expect(await row(runtime, 'one-hopeless')).toMatchObject({
      outcome: 'failed',
      attempt: 2,
      exitCode: null,
      signal: 'SIGSEGV',
    });
    await expect
      .poll(() => gateway.record('one-hopeless'), patience)
      .toMatchObject({ outcome: 'failed', signal: 'SIGSEGV' });
    const { output } = await row(runtime, 'one-secretive');
    expect(output).toMatch(/^OPENCLAW_RUN=one-secretive$/m);
    expect(output).toMatch(/\nred$/);
    expect(output).not.toMatch(/OPENCLAW_TOKEN|test-token|SECRET|hunter2/);
    expect(await runtime.metrics()).toContain('openclaw_skill_retries_total{skill="flaky"} 2');
    expect(await runtime.get('/v1/runs/nobody')).toMatchObject({ status: 404, code: 'OPENCLAW_NO_RUN' });
  });

  it('are cancelled: one under way is ended, one in the queue never begins, also across a restart', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('long', `trap "" TERM; ${note}; sleep 30`, { schedule: undefined, grace: '100ms', timeout: '60s' });
    await using gateway = await new FakeGateway().open();
    gateway.command('first', 'long');
    gateway.command('second', 'long');
    const env = { OPENCLAW_GATEWAY_URL: gateway.url };
    const one = await RuntimeProcess.start(home, env);
    await expect.poll(() => home.lines('effects/long'), patience).toEqual(['first 1']);
    gateway.cancel('second');
    await finished(expect, one, 'second');
    // Whoever is told to cancel it may die before it is done.
    gateway.cancel('first');
    await expect.poll(async () => (await row(one, 'first')).cancelRequested, patience).toBe(true);
    await one.kill();
    await using two = await RuntimeProcess.start(home, env);
    await finished(expect, two, 'first');
    for (const id of ['first', 'second'])
      expect(await row(two, id)).toMatchObject({ outcome: 'cancelled', attempt: 1 });
    expect(home.lines('effects/long')).toEqual(['first 1']);
    await expect.poll(() => gateway.record('first'), patience).toMatchObject({ outcome: 'cancelled' });
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`, 'OPENCLAW_RUN=first'])).toEqual([]);
  });

  it('whose skill keeps failing are backed off and reported, but run when asked for, and starve no other', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('crash', 'exit 7', { schedule: 'every: 200ms' });
    home.skill('steady', note, { schedule: 'every: 300ms' });
    await using gateway = await new FakeGateway().open();
    const env = { OPENCLAW_GATEWAY_URL: gateway.url };
    const one = await RuntimeProcess.start(home, env);
    type Shown = {
      skills: { name: string; backoffUntil: number | null; consecutiveFailures: number; fresh: unknown }[];
    };
    const shown = async (runtime: RuntimeProcess) =>
      ((await runtime.get('/v1/skills')) as Shown).skills.find(({ name }) => name === 'crash');
    await expect.poll(async () => (await shown(one))?.consecutiveFailures, patience).toBeGreaterThanOrEqual(7);
    const missed = async () => ((await one.get('/v1/missed?skill=crash')) as { missed: { reason: string }[] }).missed;
    await expect.poll(async () => (await missed()).map(({ reason }) => reason), patience).toContain('backing-off');
    await expect.poll(() => home.lines('skills/status/crash.txt')[0], patience).toContain('backoff_until=');
    await one.kill();
    await using two = await RuntimeProcess.start(home, env);
    expect((await shown(two))?.consecutiveFailures).toBeGreaterThanOrEqual(7);
    // On a slow machine a pause may be over by now, and the next one not have begun.
    await expect.poll(() => shown(two), patience).toMatchObject({ backoffUntil: expect.any(Number), fresh: false });
    await expect.poll(() => two.metrics(), patience).toContain('openclaw_skill_backoff{skill="crash"} 1');
    gateway.command('by-hand', 'crash');
    await finished(expect, two, 'by-hand');
    const steady = home.lines('effects/steady').length;
    await expect.poll(() => home.lines('effects/steady').length, patience).toBeGreaterThan(steady + 1);
  });

  it('go on when their folder cannot be written, and the runtime says that it is degraded', async ({ expect }) => {
    using home = new Home();
    home.skill('beat', note, { schedule: 'every: 300ms' });
    await using runtime = await RuntimeProcess.start(home);
    await expect.poll(() => home.lines('effects/beat').length, patience).toBeGreaterThanOrEqual(1);
    expect((await runtime.health()).status).toBe('ok');
    const runs = join(home.path, 'state', 'runs');
    renameSync(runs, `${runs}.away`);
    writeFileSync(runs, 'a file, so nothing can be made in it');
    const before = home.lines('effects/beat').length;
    await expect.poll(() => home.lines('effects/beat').length, patience).toBeGreaterThan(before + 2);
    const { status, degraded } = await runtime.health();
    expect({ status, degraded }).toMatchObject({
      status: 'degraded',
      degraded: [expect.stringContaining('state/runs')],
    });
    rmSync(runs);
    await expect.poll(async () => (await runtime.health()).status, patience).toBe('ok');
    const failed = (await runtime.ledger('finished')).filter(({ outcome }) => outcome !== 'succeeded');
    // One may have been under way when its folder went.
    expect(failed.length).toBeLessThanOrEqual(1);
  });

  it('give way to a later slot if they are told to, and leave nothing running', async ({ expect }) => {
    using home = new Home();
    const command = `(setsid sleep 60 &); ${note}; sleep 20`;
    home.skill('replaced', command, { schedule: 'every: 1s', overlap: 'cancel-other', grace: '100ms' });
    await using runtime = await RuntimeProcess.start(home);
    await expect
      .poll(async () => (await runtime.ledger()).filter(({ outcome }) => outcome === 'cancelled').length, patience)
      .toBeGreaterThanOrEqual(2);
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`, 'OPENCLAW_ATTEMPT=2'])).toEqual([]);
    const [first] = (await runtime.ledger()).filter(({ outcome }) => outcome === 'cancelled');
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`, `OPENCLAW_RUN=${first?.id}`])).toEqual([]);
    expect(existsSync(join(home.path, 'state', 'runs', first?.id ?? '', '1', 'scratch'))).toBe(false);
  });
});
