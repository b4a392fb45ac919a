/** The command line while it plays runs, as a child process on platform local: Ctrl-C, and a worker that is killed. Nothing may be left of either. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localProvider } from './platform/local/provider.ts';
import { readUndoLog } from './undo.ts';

const root = join(import.meta.dirname, '..');
const availability = await localProvider.check();

/** Steady as soon as it answers, also on a machine that has much else to do; then in its fault for longer than any test waits. */
const patient = `export default {
  title: 'Patient', hypothesis: 'It is stopped while its fault stands.',
  skills: { 'daily-memory': { everySeconds: 1, latenessMs: 30_000 } },
  steadyState: { forMs: 1_000, withinMs: 150_000 },
  timeline: [
    { atMs: 3_000, forMs: 120_000, fault: { kind: 'outage', nodes: ['gateway'] }, expect: { session: 'ok', gateway: 'failed', runtime: 'ok' } },
  ],
  settleMs: 40_000,
  objectives: [],
};`;

class Played {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  text = '';

  constructor(...args: readonly string[]) {
    const env = { ...process.env, CI: 'true', DOCKER_HOST: 'tcp://127.0.0.1:1' };
    this.child = spawn(process.execPath, [join(root, 'chaos/main.ts'), ...args], { cwd: root, env });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk) => (this.text += chunk));
  }

  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended before it said ${pattern}:\n${this.text}`);
      await delay(50);
    }
  }

  /** Pids of the processes that play the runs. */
  async workers(): Promise<readonly number[]> {
    const { pid } = this.child;
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
    const commands = await Promise.all(
      children.map(async (child) => ({ child, command: await readFile(`/proc/${child}/cmdline`, 'utf8') })),
    );
    return commands.filter(({ command }) => command.includes('run/worker/main.ts')).map(({ child }) => child);
  }

  /** Run ids, by the folders that the verdicts name. */
  get runs(): readonly string[] {
    return [...this.text.matchAll(/evidence: .*\/([^/\n]+)$/gm)].map((match) => match[1] ?? '');
  }

  async nothingLeft(): Promise<void> {
    for (const run of this.runs) {
      expect(await localProvider.recover(run)).toEqual([]);
      expect(await readUndoLog(join(root, '.chaos/runs', run))).toEqual([]);
    }
  }
}

let scenarios: readonly string[];
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-run-'));
  scenarios = ['first', 'second', 'third'].map((name) => join(folder, `${name}.ts`));
  for (const file of scenarios) await writeFile(file, patient);
});
afterAll(() => rm(dirname(scenarios[0] ?? ''), { recursive: true }));

let played: Played | undefined;
afterEach(async () => {
  if (played?.child.exitCode === null) played.child.kill('SIGTERM');
  await played?.exited;
  for (const run of played?.runs ?? []) await rm(join(root, '.chaos/runs', run), { recursive: true, force: true });
});

function suite(): void {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s reaches every worker: all faults are undone, nothing is left, exit 130',
    { timeout: 180_000 },
    async (name) => {
      played = new Played('run', ...scenarios, '--platform', 'local', '--workers', '2');
      await played.says(/first +1-outage: INJECTED/);
      await played.says(/second +1-outage: INJECTED/);
      expect(await played.workers()).toHaveLength(2);
      played.child.kill(name);
      expect(await played.exited).toEqual([130, null]);
      expect(played.text).toContain(`${name}: stopping; undoing faults and removing what was started`);
      expect(played.text.match(/1-outage: HEALED \(raise-node\)$/gm)).toHaveLength(2);
      expect(played.text.match(/^INTERRUPTED /gm)).toHaveLength(2);
      expect(played.text).toMatch(/^ {2}1 not run$/m);
      expect(played.runs).toHaveLength(2);
      await played.nothingLeft();
    },
  );

  it('a worker that is killed: no verdict, its journal is named, what it left is removed, exit 2', {
    timeout: 180_000,
  }, async () => {
    played = new Played('run', ...scenarios.slice(0, 1), '--platform', 'local');
    await played.says(/1-outage: INJECTED/);
    const [worker = 0] = await played.workers();
    process.kill(worker, 'SIGKILL');
    expect(await played.exited).toEqual([2, null]);
    expect(played.text).toMatch(/^NO VERDICT {2}first/m);
    expect(played.text).toContain('its harness process died (SIGKILL), which says nothing of the system');
    const journal = /what it left was removed; what it had observed stands in (\S+journal\.ndjson)/.exec(played.text);
    expect(existsSync(journal?.[1] ?? '')).toBe(true);
    expect(played.text).toMatch(/first {2}\S+: fault 1-outage \(raise-node\) ended with its processes/);
    expect(played.text).toMatch(/^ {2}INCONCLUSIVE +first/m);
    await played.nothingLeft();
  });
}

if (availability.available) {
  describe('the command line on platform local', suite);
} else {
  it('plays runs on platform local', ({ skip }) => {
    const why = `platform local cannot run here (no ${availability.tried}), so NOTHING of Ctrl-C and of killed workers was tested: ${availability.mend}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
