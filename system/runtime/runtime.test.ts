/** The runtime as a process: what outlives it, what waits for the gateway, what it says of itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'vitest';
import { kill, processesMarked } from './attempt/process-marks.ts';
import { FakeGateway } from './fake-gateway.fixture.ts';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';
import { parseStatus } from './status/status-line.ts';

const append = 'echo "$OPENCLAW_RUN $OPENCLAW_ATTEMPT" >> "$OPENCLAW_HOME/effects/$OPENCLAW_SKILL"';
const often = { schedule: 'every: 300ms' };
const patience = { timeout: 15_000 };

describe.concurrent('the skill runtime', { timeout: 40_000 }, () => {
  const status = (home: Home, skill: string) => parseStatus(home.lines(`skills/status/${skill}.txt`)[0] ?? '');
  const runs = async (runtime: RuntimeProcess, outcome: string) =>
    (await runtime.ledger()).filter((row) => row.outcome === outcome).length;

  it('lets a run outlive it, and collects its outcome afterwards without starting it again', async ({ expect }) => {
    using home = new Home();
    home.skill('long', `${append}; sleep 1; exit 9`, { schedule: undefined });
    await using gateway = await new FakeGateway().open();
    gateway.command('once', 'long');
    const env = { OPENCLAW_GATEWAY_URL: gateway.url };
    const first = await RuntimeProcess.start(home, env);
    await expect.poll(() => home.lines('effects/long'), patience).toHaveLength(1);
    await first.kill();
    await using second = await RuntimeProcess.start(home, env);
    await expect
      .poll(() => second.ledger('finished'), patience)
      .toMatchObject([{ id: 'once', outcome: 'failed', attempt: 1 }]);
    expect(home.lines('effects/long')).toEqual(['once 1']);
    await expect.poll(() => gateway.acked, patience).toContain('once');
    await expect.poll(() => gateway.record('once'), patience).toMatchObject({ state: 'finished', outcome: 'failed' });
  });

  it('runs what died with it again, as attempt 2: one completed effect', async ({ expect }) => {
    using home = new Home();
    home.skill('long', `[ "$OPENCLAW_ATTEMPT" -gt 1 ] || sleep 30; ${append}`, { schedule: undefined });
    await using gateway = await new FakeGateway().open();
    gateway.command('once', 'long');
    const env = { OPENCLAW_GATEWAY_URL: gateway.url };
    const first = await RuntimeProcess.start(home, env);
    await expect.poll(() => first.ledger('running'), patience).toHaveLength(1);
    await first.kill();
    // The skill's processes are those that have a run; the first runtime had none.
    for (const pid of processesMarked([`OPENCLAW_HOME=${home.path}`, 'OPENCLAW_RUN=once'])) kill(pid);
    await using second = await RuntimeProcess.start(home, env);
    await expect
      .poll(() => second.ledger('finished'), patience)
      .toMatchObject([{ id: 'once', outcome: 'succeeded', attempt: 2 }]);
    expect(home.lines('effects/long')).toEqual(['once 2']);
    expect(await second.metrics()).toContain('openclaw_skill_runs_total{skill="long",outcome="interrupted"} 1');
  });

  it('defers what requires an unreachable gateway, runs the rest, and catches up when the gateway is there', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('local', append, often);
    home.skill('needy', append, { requires: ['gateway'], ...often });
    const gateway = await new FakeGateway().open();
    await gateway.close();
    await using runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url });
    await expect.poll(() => home.lines('effects/local').length, patience).toBeGreaterThanOrEqual(3);
    const deferred = await runtime.ledger('deferred');
    expect(deferred.length).toBeGreaterThanOrEqual(2);
    expect(home.lines('effects/needy')).toEqual([]);
    expect(status(home, 'needy').status).toBe('deferred');
    expect(await runtime.metrics()).toMatch(/openclaw_skill_deferred\{skill="needy"\} [1-9]/);

    await gateway.open();
    await using _gateway = gateway;
    await expect.poll(() => home.lines('effects/needy').length, patience).toBeGreaterThan(deferred.length);
    const order = home.lines('effects/needy');
    expect(order).toEqual([...order].sort());
    expect(order[0]).toBe(`${deferred[0]?.id} 1`);
    await expect.poll(() => status(home, 'needy').status, patience).toBe('succeeded');
    await expect.poll(() => gateway.skills.map(({ name }) => name), patience).toEqual(['local', 'needy']);
  });

  it('runs a command once, however often it is sent, and answers for a skill that is not there', async ({ expect }) => {
    using home = new Home();
    home.skill('asked', append, { schedule: undefined });
    await using gateway = await new FakeGateway().open();
    let refusals = 3;
    gateway.mood = (path) => {
      if (!path.endsWith('/ack') || refusals === 0) return 'answer';
      refusals -= 1;
      return 'refuse';
    };
    gateway.command('first', 'asked');
    gateway.command('nobody', 'absent');
    await using _runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url });
    await expect.poll(() => [...gateway.acked].sort(), patience).toEqual(['first', 'nobody']);
    await expect.poll(() => gateway.record('first'), patience).toMatchObject({ outcome: 'succeeded' });
    await expect.poll(() => gateway.record('nobody'), patience).toMatchObject({ outcome: 'failed' });
    expect(home.lines('effects/asked')).toEqual(['first 1']);
  });

  it('runs every command that it has pulled, even if the gateway never takes an acknowledgement', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('asked', append, { schedule: undefined });
    await using gateway = await new FakeGateway().open();
    gateway.mood = (path) => (path.endsWith('/ack') ? 'hold' : 'answer');
    for (const id of ['first', 'second']) gateway.command(id, 'asked');
    await using _runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url });
    await expect.poll(() => home.lines('effects/asked').sort(), patience).toEqual(['first 1', 'second 1']);
  });

  it('keeps a report that fails from changing a run, and counts it apart', async ({ expect }) => {
    using home = new Home();
    home.skill('local', append, often);
    await using gateway = await new FakeGateway().open();
    gateway.mood = (path) => (path === '/v1/reports' ? 'refuse' : 'answer');
    await using runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url });
    await expect.poll(() => runs(runtime, 'succeeded'), patience).toBeGreaterThanOrEqual(2);
    expect(await runs(runtime, 'failed')).toBe(0);
    expect(await runtime.metrics()).toMatch(/openclaw_outbox_deliveries_total\{result="failed"\} [1-9]/);
    expect((await runtime.health()).outboxPending).toBeGreaterThan(0);
    gateway.mood = () => 'answer';
    await expect.poll(() => gateway.reports.length, patience).toBeGreaterThan(0);
  });

  it('reports a SKILL.md that cannot be used by its folder, in three places, and runs the others', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('good', `${append}; printf 'posts=4\\naccount=e,n\\nstatus=mine\\n' > "$OPENCLAW_STATUS"`, often);
    home.file('skills/nameless/SKILL.md', '---\ndescription: x\nmetadata: {openclaw: {command: "true"}}\n---\n');
    home.file('skills/empty/notes.txt', 'no SKILL.md here');
    home.skill('bad-cron', 'true', { schedule: '61 * * * *' });
    home.skill('no-command', '', { command: undefined });
    home.skill('no-program', 'nosuchprogram --now');
    await using runtime = await RuntimeProcess.start(home);
    const bad = ['bad-cron', 'empty', 'nameless', 'no-command', 'no-program'];
    const { skills } = await runtime.health();
    expect(
      skills
        .filter(({ problem }) => problem)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(bad);
    const metrics = await runtime.metrics();
    for (const name of bad) {
      expect(metrics).toContain(`openclaw_skill_problem{skill="${name}"} 1`);
      await expect
        .poll(() => status(home, name), patience)
        .toMatchObject({ status: 'problem', problem: expect.any(String) });
    }
    expect(metrics).not.toContain('openclaw_skill_problem{skill="good"}');
    expect(metrics).toMatch(/openclaw_skill_fresh_within_seconds\{skill="good"\} [1-9]/);
    await expect
      .poll(() => status(home, 'good'), patience)
      .toMatchObject({ status: 'succeeded', posts: '4', account: 'e,n' });
    expect(home.lines('skills/status/good.txt')[0]).toMatch(
      /^status=succeeded,timestamp=\d{4}-[^,]*Z,.*posts=4,account=e%2Cn$/,
    );
  });

  it('writes the status of a problem when it changes, not over and over, and takes a mended file up', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('late', append, { schedule: 'never' });
    const file = join(home.path, 'skills', 'status', 'late.txt');
    const first = await RuntimeProcess.start(home);
    await expect.poll(() => status(home, 'late').status, patience).toBe('problem');
    const written = { text: readFileSync(file, 'utf8'), at: statSync(file).mtimeMs };
    await first.stop();
    await using second = await RuntimeProcess.start(home);
    expect({ text: readFileSync(file, 'utf8'), at: statSync(file).mtimeMs }).toEqual(written);
    home.skill('late', append, { schedule: 'sometimes' });
    await expect.poll(() => status(home, 'late').problem, patience).toContain('"sometimes"');
    home.skill('late', append, { schedule: '0 0 1 1 *' });
    await expect.poll(() => status(home, 'late'), patience).toEqual({ status: 'ready', timestamp: expect.any(String) });
    home.skill('late', append, often);
    await expect.poll(() => status(home, 'late').status, patience).toBe('succeeded');
    expect(await second.metrics()).toContain('openclaw_skill_problem{skill="late"} 0');
  });

  it('uses a skill as soon as the program that was missing is there', async ({ expect }) => {
    using home = new Home();
    home.skill('early', './run.sh', often);
    await using runtime = await RuntimeProcess.start(home);
    expect((await runtime.health()).skills[0]?.problem).toContain('./run.sh');
    home.file('skills/early/run.sh', `#!/bin/sh\n${append}\n`);
    chmodSync(join(home.path, 'skills/early/run.sh'), 0o755);
    await expect.poll(() => status(home, 'early').status, patience).toBe('succeeded');
  });

  it('tells the gateway of its skills, whatever other folders are called', async ({ expect }) => {
    using home = new Home();
    home.skill('good', append);
    home.file('skills/no skill/SKILL.md', '');
    home.file('skills/two\nlines/SKILL.md', '');
    await using gateway = await new FakeGateway().open();
    await using runtime = await RuntimeProcess.start(home, { OPENCLAW_GATEWAY_URL: gateway.url });
    await expect.poll(() => gateway.skills.map(({ name }) => name), patience).toEqual(['good', 'no skill']);
    expect((await runtime.health()).skills.map(({ name }) => name)).toEqual(['good', 'no skill', 'two\nlines']);
  });

  it('runs what was deferred when its skill does not require the gateway any more', async ({ expect }) => {
    using home = new Home();
    home.skill('needy', append, { requires: ['gateway'], ...often });
    await using runtime = await RuntimeProcess.start(home);
    await expect.poll(async () => (await runtime.ledger('deferred')).length, patience).toBeGreaterThanOrEqual(1);
    const [first] = await runtime.ledger('deferred');
    home.skill('needy', append, often);
    await expect.poll(() => home.lines('effects/needy')[0], patience).toBe(`${first?.id} 1`);
  });

  it('takes its schedules from OPENCLAW_SCHEDULES, and schedules nothing else', async ({ expect }) => {
    using home = new Home();
    home.skill('named', append, { schedule: '0 0 1 1 *' });
    home.skill('other', append);
    const schedules = JSON.stringify({ named: 'every: 500ms', ghost: 'every: 1s' });
    await using runtime = await RuntimeProcess.start(home, { OPENCLAW_SCHEDULES: schedules });
    await expect.poll(() => home.lines('effects/named').length, patience).toBeGreaterThanOrEqual(2);
    expect(home.lines('effects/other')).toEqual([]);
    expect((await runtime.health()).skills).toContainEqual({
      name: 'ghost',
      problem: expect.stringContaining('no folder'),
    });
  });

  it('gives every slot its turn when runs take longer than their period, one at a time', async ({ expect }) => {
    using home = new Home();
    const command = 'echo begin >> "$OPENCLAW_HOME/effects/slow"; sleep 0.3; echo end >> "$OPENCLAW_HOME/effects/slow"';
    home.skill('slow', command, { schedule: 'every: 200ms' });
    await using runtime = await RuntimeProcess.start(home);
    await expect.poll(() => runs(runtime, 'succeeded'), patience).toBeGreaterThanOrEqual(4);
    const lines = home.lines('effects/slow').slice(0, 8);
    expect(lines).toEqual(lines.map((_, index) => (index % 2 === 0 ? 'begin' : 'end')));
    const rows = (await runtime.ledger()).sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.map(({ dueAt }) => dueAt)).toEqual(rows.map((_, index) => (rows[0]?.dueAt ?? 0) + index * 200));
  });

  it('coupled: fails a slot without a live session, or whose report is not taken', async ({ expect }) => {
    using home = new Home();
    home.skill('local', append, { schedule: 'every: 500ms' });
    await using gateway = await new FakeGateway().open();
    const env = { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_DISPATCH: 'coupled' };
    await using runtime = await RuntimeProcess.start(home, env);
    await expect.poll(() => runs(runtime, 'succeeded'), patience).toBeGreaterThanOrEqual(2);
    expect(await runs(runtime, 'failed')).toBe(0);
    const latest = async (reason: string) =>
      (await runtime.ledger('finished')).filter((row) => row.reason?.includes(reason)).length;

    // A success in between: a skill that fails again and again is backed off.
    const works = async () => {
      gateway.live = true;
      gateway.mood = () => 'answer';
      const before = await runs(runtime, 'succeeded');
      await expect.poll(() => runs(runtime, 'succeeded'), patience).toBeGreaterThan(before);
    };
    gateway.live = false;
    await expect.poll(() => latest('no live session'), patience).toBeGreaterThanOrEqual(1);
    await works();
    gateway.mood = (path) => (path === '/v1/reports' ? 'refuse' : 'answer');
    await expect.poll(() => latest('did not take the report'), patience).toBeGreaterThanOrEqual(1);
    await works();
    gateway.mood = () => 'cut';
    await expect.poll(() => latest('no live session: the gateway'), patience).toBeGreaterThanOrEqual(1);
    await works();
    gateway.mood = () => 'hold';
    await expect.poll(() => latest('no answer within 1000 ms'), patience).toBeGreaterThanOrEqual(1);
    // It is asked for each slot, whatever others have found out of it.
    expect(await latest('not yet time to dial')).toBe(0);
    await works();
  });

  it('stops when asked to, and leaves running skills alone', async ({ expect }) => {
    using home = new Home();
    home.skill('long', `sleep 1; ${append}`);
    const runtime = await RuntimeProcess.start(home);
    await expect.poll(() => runtime.ledger('running'), patience).toHaveLength(1);
    const [run] = await runtime.ledger();
    expect(await runtime.stop()).toBe(0);
    await expect.poll(() => home.lines('effects/long'), patience).toContain(`${run?.id} 1`);
  });

  it('leaves the home to the runtime that works on it, and takes it over at once from one that was killed', async ({
    expect,
  }) => {
    using home = new Home();
    home.skill('local', append, often);
    const first = await RuntimeProcess.start(home);
    const second = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { ...process.env, OPENCLAW_HOME: home.path, OPENCLAW_PORT: '0', OPENCLAW_LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect({ said, code }).toEqual({
      said: expect.stringContaining(`another runtime works on ${home.path}: stop`),
      code: 78,
    });
    await first.kill();
    await using third = await RuntimeProcess.start(home);
    await expect.poll(() => runs(third, 'succeeded'), patience).toBeGreaterThanOrEqual(1);
  });
});
