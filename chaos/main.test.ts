/** The command line as a child process: what a person gets who types something wrong. No platform is needed for any of it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from './journal/journal.ts';
import type { JournalEntry } from './journal/journal-records.ts';
import { heldEvidence, planOf } from './verdict/verdict.fixture.ts';

const root = join(import.meta.dirname, '..');
/** Port 1 answers nobody: no engine, whatever this machine has. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Place {
  readonly cwd?: string;
  readonly main?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function chaos(args: readonly string[], { cwd = root, main = join(root, 'chaos/main.ts'), env = {} }: Place = {}) {
  // The folder that `npm test` was typed in is not that of this child's user.
  const { INIT_CWD: _, FORCE_COLOR: __, ...inherited } = process.env;
  return new Promise<Said>((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { cwd, env: { ...inherited, ...noEngine, ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'chaos-main-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true });
});

describe('what was typed wrong', () => {
  it.each([
    ['a scenario', ['run', 'gateway-dwon'], 'no scenario "gateway-dwon"; did you mean "gateway-down"?'],
    ['a target', ['plan', 'noop', '--target', 'copled'], 'no target "copled"; did you mean "coupled"?'],
    ['a platform', ['run', '--platform', 'dokcer'], 'no platform "dokcer"; did you mean "docker"?'],
    ['a command', ['valdate'], 'no scenario or command "valdate"; did you mean "validate"?'],
    ['an option', ['run', '--sed', '3'], '(Did you mean --seed?)'],
    ['a seed', ['run', '--seed', 'x'], '--seed x: not a whole number\n  give 0 or more, such as 1'],
    ['a number of workers', ['run', '--workers', '0'], '--workers 0: not a whole number of at least 1\n  give 1'],
    ['half a worker', ['control', '--workers', '1.5'], '--workers 1.5: not a whole number'],
    ['a part of a seed', ['control', '--seed', '1.5'], '--seed 1.5: not a whole number'],
    [
      'a scenario for another platform',
      ['plan', 'disk-full', '--platform', 'local'],
      'scenarios/disk-full.ts: timeline[0].fault.kind: disk-full needs a file system of its own, which only docker can give it; the platform is local; give --platform docker',
    ],
    ['a journal', ['judge', 'nowhere.ndjson'], 'no journal, folder or run "nowhere.ndjson"'],
    ['no journal', ['judge'], "missing required argument 'journal'"],
    ['no scenario', ['plan'], "missing required argument 'scenario'"],
  ])('%s: exit 3, and what was meant', async (_, args, message) => {
    const { code, out, err } = await chaos(args);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });

  it('is told all at once', async () => {
    const { code, err } = await chaos(['run', 'nope', 'gateway-dwon', '--target', 'copled', '--platform', 'dokcer']);
    expect(code).toBe(3);
    expect(
      err
        .trim()
        .split('\n')
        .map((line) => line.split(';')[0]),
    ).toEqual(['no platform "dokcer"', 'no target "copled"', 'no scenario "nope"', 'no scenario "gateway-dwon"']);
  });
});

describe('scenario files with problems', () => {
  /** The project, but with scenarios of its own. */
  let project: string;
  beforeAll(async () => {
    project = join(scratch, 'project');
    await mkdir(join(project, 'scenarios'), { recursive: true });
    for (const part of ['chaos', 'metrics', 'system', 'node_modules'])
      await symlink(join(root, part), join(project, part));
    await copyFile(join(root, 'package.json'), join(project, 'package.json'));
  });

  const field = `export default {
  title: 'x', hypothesis: 'x',
  skills: { 'daily-memory': { everySeconds: 1, latenessMs: 1500 } },
  steadyState: { forMs: 3000, withinMs: 60000 },
  timeline: [
    { atMs: 5000, forMs: 8000, fault: { kind: 'link-down', links: ['client-sesion'] }, expect: { session: 'failed', gatway: 'ok', runtime: 'ok' } },
    { atMs: 9000, forMs: 8000, fault: { kind: 'outge' }, expect: { session: 'ok', gateway: 'ok', runtime: 'ok' } },
  ],
  settleMs: 6000,
  objectives: [{ sli: 'skillUptimRatio', is: '==', threshold: '1' }],
};`;

  it('are all named with file, field and mend; nothing is started', async () => {
    await writeFile(join(project, 'scenarios/a.ts'), field);
    await writeFile(join(project, 'scenarios/b.ts'), 'export default {');
    await writeFile(
      join(project, 'scenarios/c.ts'),
      "export default { title: 3, user: { runSkill: 'nope', messagesPerSecond: -1 } };",
    );
    // Under --preserve-symlinks the harness takes this folder for its own.
    const flags = '--preserve-symlinks --preserve-symlinks-main';
    const said = await chaos(['run'], {
      cwd: project,
      main: join(project, 'chaos/main.ts'),
      env: { NODE_OPTIONS: flags },
    });
    const { err } = said;
    for (const problem of [
      'scenarios/a.ts: timeline[0].fault.links[0]: no link "client-sesion" in target "resilient"; did you mean "client-session"?',
      'scenarios/a.ts: timeline[0].expect.gatway: no layer "gatway" in target "resilient"; did you mean "gateway"?',
      'scenarios/a.ts: timeline[1].fault.kind: no fault of kind "outge"; did you mean "outage"?',
      'scenarios/a.ts: timeline[1].atMs: overlaps entry 1, which ends at 13000 ms and is observed for 5000 ms more; give at least 18000',
      'scenarios/a.ts: objectives[0].sli: no SLI "skillUptimRatio"; did you mean "skillUptimeRatio"?',
      'scenarios/a.ts: objectives[0].threshold: "1" won\'t do; give a number',
      'scenarios/b.ts: cannot be loaded: ',
      "scenarios/c.ts: title: 3 won't do; give a string",
      "scenarios/c.ts: user.messagesPerSecond: -1 won't do; give at least 0.1",
      'scenarios/c.ts: user.runSkill: no skill "nope" in target "resilient"',
    ])
      expect(err).toContain(problem);
    expect({ code: said.code, out: said.out }).toEqual({ code: 3, out: '' });
    expect(await readdir(project)).not.toContain('.chaos');
  });
});

describe('without an engine', () => {
  it.each([['run', 'noop'], ['control']])('%s on docker: what was tried, how to get one, exit 3', async (...args) => {
    const { code, out, err } = await chaos([...args, '--platform', 'docker']);
    expect(err).toContain(
      'platform docker cannot run here: no Docker engine that answers at DOCKER_HOST=tcp://127.0.0.1:1 (nobody listens)',
    );
    expect(err).toContain('start Docker');
    expect(err).toContain('--platform local');
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });

  it.each([
    ['docker', 3],
    ['local', 0],
  ])('recover says that docker was not looked at; a run that was on %s: exit %i', async (platform, exitCode) => {
    const run = `of-main-test-${process.pid}-${platform}`;
    const folder = join(root, '.chaos/runs', run);
    await mkdir(folder, { recursive: true });
    try {
      {
        await using journal = await Journal.create(join(folder, 'journal.ndjson'));
        journal.append({ type: 'run-started', runId: run, plan: { ...planOf(), platform }, versions: {} });
      }
      const { code, out, err } = await chaos(['recover', run]);
      expect(err).toContain('platform docker was not looked at: no Docker engine that answers at DOCKER_HOST=');
      expect(out).toBe(`nothing of ${run} is left on local\n`);
      expect(code).toBe(exitCode);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('recover knows a run that is only misspelt', async () => {
    const { code, err } = await chaos(['recover', 'no-such-run']);
    expect(err).toContain('no run "no-such-run"');
    expect(code).toBe(3);
  });

  it.each([[['list']], [['validate']], [['plan', 'noop']], [['run', '--dry-run', 'noop']], [['--help']]])(
    '%j works all the same',
    async (args) => {
      expect(await chaos(args)).toMatchObject({ code: 0, err: '' });
    },
  );

  it('auto plans for local, and names it', async () => {
    expect((await chaos(['plan', 'noop'])).out).toContain('target resilient, platform local, seed 1');
    expect((await chaos(['plan', 'noop', '--platform', 'docker'])).out).toContain('platform docker, seed 1');
  });

  it('that answers, auto does not wait for it, neither to plan nor to end', async () => {
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const { code, out } = await chaos(['plan', 'noop'], { env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` } });
    silent.close();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('platform local') });
  });

  it('doctor says what is missing, and that it goes without; 80 columns, no colour', async () => {
    const { code, out, err } = await chaos(['doctor']);
    expect(out).toMatch(/^ {4}✗ no Docker engine that answers at DOCKER_HOST=tcp:\/\/127\.0\.0\.1:1 \(nobody/m);
    expect(out).toContain('→ start Docker');
    expect(out).toMatch(/^auto takes local: no Docker engine/m);
    expect(out).toMatch(/--workers \d+ by default on local/);
    expect(out).not.toContain('\u001b[');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('a dry run is the plan', async () => {
    const plan = await chaos(['plan', 'gateway-down', '--seed', '7']);
    expect(plan.out).toContain('seed 7');
    expect(await chaos(['run', '--dry-run', 'gateway-down', '--seed', '7'])).toEqual(plan);
  });
});

describe('from another folder', () => {
  it('names are found, and paths begin where the user stands', async () => {
    expect((await chaos(['list'], { cwd: scratch })).out).toMatch(/^ {2}gateway-down /m);
    const folder = join(root, 'scenarios');
    const direct = await chaos(['plan', './slow-gateway.ts'], { cwd: folder });
    const throughNpm = await chaos(['plan', './slow-gateway.ts'], { env: { INIT_CWD: folder } });
    expect(direct.out).toMatch(/^slow-gateway: /);
    expect(throughNpm).toEqual(direct);
    expect(await chaos(['plan', 'scenarios/slow-gateway.ts'], { cwd: scratch })).toEqual(direct);
  });
});

describe('judge', () => {
  const plan = planOf();
  const { harnessFaults: _, steadyState, entries, observedWindow, sequence, answers } = heldEvidence(plan);

  /** A folder with a journal of a run under which everything held, cut off after so many lines. */
  async function journal(name: string, lines = Number.POSITIVE_INFINITY): Promise<string> {
    const folder = join(scratch, name);
    await mkdir(folder);
    await using written = await Journal.create(join(folder, 'journal.ndjson'));
    const records = [
      { type: 'run-started', runId: name, plan, versions: {} },
      { type: 'steady-state', ...steadyState },
      ...entries.map((entry) => ({ type: 'entry', ...entry })),
      { type: 'observed', window: observedWindow, sequence },
      ...answers.map((answer) => ({ type: 'answer', ...answer })),
    ] as JournalEntry[];
    for (const record of records.slice(0, lines)) written.append(record);
    return folder;
  }

  it('gives the verdict of a file, or of the folder that it lies in', async () => {
    const folder = await journal('whole');
    const { code, out, err } = await chaos(['judge', folder]);
    expect(out).toMatch(/^HELD {2}sample on sample/);
    expect(err).toContain('the run ended before it wrote a verdict down');
    expect(code).toBe(0);
    expect(await chaos(['judge', 'journal.ndjson'], { cwd: folder })).toEqual({ code, out, err });
  });

  it('is inconclusive about one that was cut off', async () => {
    const { code, out } = await chaos(['judge', await journal('short', 3)]);
    expect(out).toMatch(/^INCONCLUSIVE /);
    expect(code).toBe(2);
  });

  it.each([
    ['garbage', '\u0000\u0001{"v"', 'no plan stands in it'],
    ['lines of something else', 'hello\nworld\n', ':1: is not a line of a journal: hello'],
    ['nothing', '', 'is empty'],
    ['a newer version', '{"v":99,"at":1,"type":"note","text":""}\n', ':1: has version 99, this program reads 2'],
  ])('refuses %s: exit 3, and what to give', async (name, text, message) => {
    const file = join(scratch, `${name}.ndjson`);
    await writeFile(file, text);
    const { code, out, err } = await chaos(['judge', file]);
    expect(err).toContain(file);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });

  it('refuses a folder without a journal', async () => {
    const { code, err } = await chaos(['judge', root]);
    expect(err).toContain(`${join(root, 'journal.ndjson')}: cannot be read`);
    expect(code).toBe(3);
  });
});

describe('trace', () => {
  const traces = ['4bf92f3577b34da6a3ce929d0e0e4736', '4bf92f3577b34da6a3ce929d0e0e4737'];

  /** A folder with a journal in which these traces stand, a span each. */
  async function journal(name: string, ids: readonly string[]): Promise<string> {
    const folder = join(scratch, name);
    await mkdir(folder);
    await using written = await Journal.create(join(folder, 'journal.ndjson'));
    written.append({ type: 'note', text: 'a run' });
    for (const [n, trace] of ids.entries()) {
      const span = { trace, id: '00f067aa0ba902b7', name: `run skill-${n}`, kind: 'internal' as const };
      written.append({ type: 'spans', service: 'openclaw-runtime', spans: [{ ...span, startMs: 1e12, ms: 5 }] });
      written.append({
        type: 'note',
        text: 'round-trip',
        run: 'r',
        trace,
        requestedMs: 1e12,
        finishedMs: 1e12 + 9 * (n + 1),
      });
    }
    return folder;
  }

  it('shows the slowest round trip, or the one that is named, also by how it begins', async () => {
    const folder = await journal('traced', traces);
    const { code, out } = await chaos(['trace', folder]);
    expect(out).toMatch(/end to end in 18 ms.*runtime +run skill-1 .*1 of 2 traces in /s);
    expect(code).toBe(0);
    expect((await chaos(['trace', folder, traces[0] ?? ''])).out).toContain('run skill-0');
    expect((await chaos(['trace', await journal('one', traces.slice(0, 1)), '4BF9'])).out).toContain('run skill-0');
  });

  it.each([
    ['a run', ['no-such-run'], 'no journal, folder or run "no-such-run"'],
    ['a trace', ['wrong', 'ffff'], 'no trace ffff in this run\n  give the id of one of its 2 traces, such as 4bf9'],
    ['half a trace', ['wrong', '4bf9'], '2 traces begin with 4bf9'],
  ])('refuses %s that is not there: exit 3, and what to give', async (what, args, message) => {
    const folder = await journal(`wrong ${what}`, traces);
    const { code, out, err } = await chaos(['trace', ...args.map((arg) => (arg === 'wrong' ? folder : arg))]);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });

  it('says of a run without traces why that may be', async () => {
    const { code, err } = await chaos(['trace', await journal('untraced', [])]);
    expect(err).toContain('no traces stand in it\n  give a run of a target that sends some');
    expect(code).toBe(3);
  });
});

describe('whoever reads', () => {
  it('may leave early', async () => {
    const command = `"${process.execPath}" chaos/main.ts plan gateway-down network-partition slow-gateway | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { out, err } = await new Promise<Said>((resolve) => {
      execFile('bash', ['-c', command], { cwd: root }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
    expect({ out, err }).toEqual({ out: 'gateway-down: Gateway down\n0\n', err: '' });
  });

  it('gets no colour unless it is a terminal, in CI neither', async () => {
    const { out } = await chaos(['list'], { env: { CI: 'true' } });
    expect(out).not.toContain('\u001b[');
    expect((await chaos(['list'], { env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[');
    expect((await chaos(['list'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain('\u001b[');
  });
});
