/** Workers as real processes: what comes of a run whose process fails, waits, crashes or dies. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChaosError, InvalidInput } from '../../errors.ts';
import type { PlatformProvider } from '../../platform/platform.ts';
import { planOf } from '../../verdict/verdict.fixture.ts';
import type { PlayRequest } from './messages.ts';
import { workersOn } from './play.ts';

const entry = new URL('./worker.fixture.ts', import.meta.url);

let runsDir: string;
beforeEach(async () => {
  runsDir = await mkdtemp(join(tmpdir(), 'chaos-worker-'));
});
afterEach(async () => {
  await rm(runsDir, { recursive: true });
});

function requestOf(scenarioName: string): PlayRequest {
  return {
    runId: `run-of-${scenarioName}`,
    runDir: join(runsDir, scenarioName),
    root: runsDir,
    plan: planOf({ scenarioName }),
  };
}

/** On which only recovery matters here: what it says each time it is asked, nothing in the end. */
function providerLeft(...said: readonly (readonly string[] | Error)[]) {
  const left = [...said];
  const recover = vi.fn(async (_run?: string): Promise<readonly string[]> => {
    const next = left.shift() ?? [];
    if (next instanceof Error) throw next;
    return next;
  });
  const provider: PlatformProvider = {
    name: 'docker',
    check: async () => ({ available: true, detail: '' }),
    start: async () => {
      throw new Error('a worker starts, not the gate');
    },
    recover,
  };
  return { provider, recover };
}

async function play(scenarioName: string, { provider } = providerLeft(), signal = new AbortController().signal) {
  const heard: string[] = [];
  const workers = workersOn(provider, entry);
  const listener = { progress: (text: string) => heard.push(text), stage: (text: string) => heard.push(text) };
  const result = await workers.play(requestOf(scenarioName), listener, signal);
  expect(workers.pids()).toEqual([]);
  return { result, heard };
}

describe('a worker', () => {
  it('tells what happens, and how it ended, with the error as it was', async () => {
    const { result, heard } = await play('fails');
    expect(heard).toEqual(['starting']);
    expect(result).toMatchObject({ runId: 'run-of-fails', interrupted: false, notUndone: [] });
    expect(result.verdict).toBeUndefined();
    expect(result.error).toBeInstanceOf(ChaosError);
    expect(result.error).not.toBeInstanceOf(InvalidInput);
    expect(result.error).toMatchObject({ code: 'CHAOS_START', message: 'no network', mend: 'plug it in' });
    expect(await readFile(join(runsDir, 'fails', 'journal.ndjson'), 'utf8')).toContain('no network');
  });

  it('keeps bad input apart', async () => {
    const { result } = await play('lacks-an-image');
    expect(result.error).toBeInstanceOf(InvalidInput);
    expect(result.error).toMatchObject({ code: 'CHAOS_IMAGE', mend: 'pull it' });
  });

  it('is told to stop, and undoes what it did before it ends', async () => {
    const controller = new AbortController();
    const workers = workersOn(providerLeft().provider, entry);
    const playing = workers.play(
      requestOf('waits'),
      { progress: (text) => text.startsWith('waiting') && controller.abort() },
      controller.signal,
    );
    expect(workers.pids()).toHaveLength(1);
    expect(await playing).toMatchObject({ interrupted: true, notUndone: [] });
    expect(existsSync(join(runsDir, 'waits', 'undone'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('takes %s for a wish to stop, too', async (name) => {
    const workers = workersOn(providerLeft().provider, entry);
    const progress = (text: string) => {
      if (text.startsWith('waiting')) process.kill(Number(text.split(' ').at(-1)), name);
    };
    expect(await workers.play(requestOf('waits'), { progress }, new AbortController().signal)).toMatchObject({
      interrupted: true,
    });
    expect(existsSync(join(runsDir, 'waits', 'undone'))).toBe(true);
  });

  it('is stopped before it began, if the wish came before', async () => {
    const { result, heard } = await play('waits', undefined, AbortSignal.abort());
    expect(result).toMatchObject({ interrupted: true });
    expect(heard).not.toContain('steady-state');
  });

  it('whose harness crashes says so, and is no interruption', async () => {
    const { result } = await play('crashes');
    expect(result).toMatchObject({ interrupted: false, error: { code: 'CHAOS_CRASH' } });
    expect(result.error?.message).toContain('boom');
  });

  it('undoes what it did when the gate is gone', async () => {
    const gate = join(runsDir, 'gate.mts');
    await writeFile(
      gate,
      `import { fork } from 'node:child_process';
const child = fork(process.argv[2], { detached: true, serialization: 'advanced' });
child.on('message', ({ say, what }) => say === 'progress' && what.startsWith('waiting') && process.kill(process.pid, 'SIGKILL'));
child.send({ say: 'play', request: JSON.parse(process.argv[3]) });`,
    );
    const killed = await new Promise((resolve) => {
      const args = [gate, entry.pathname, JSON.stringify(requestOf('waits'))];
      execFile(process.execPath, args, (error) => resolve(error?.signal));
    });
    expect(killed).toBe('SIGKILL');
    const undone = join(runsDir, 'waits', 'undone');
    await vi.waitFor(() => expect(existsSync(undone)).toBe(true), { timeout: 15_000 });
  });
});

describe('a worker that dies', () => {
  it('leaves its scenario without a verdict; its journal is named, its last words too, and what it left is removed', async () => {
    const left = providerLeft(['removed process 7'], ['removed process 8']);
    const { result, heard } = await play('dies', left);
    expect(result).toMatchObject({ interrupted: false, notUndone: [], error: { code: 'CHAOS_WORKER' } });
    expect(result.verdict).toBeUndefined();
    expect(result.error?.message).toMatch(/SIGKILL.*\nsomething is wrong with my stomach/);
    expect((result.error as ChaosError).mend).toContain(join(runsDir, 'dies', 'journal.ndjson'));
    expect(heard).toEqual(expect.arrayContaining(['removed process 7', 'removed process 8']));
    expect(left.recover.mock.calls).toEqual([['run-of-dies'], ['run-of-dies'], ['run-of-dies']]);
  });

  it.each([
    ['cannot be looked for', [new Error('no engine')], /dead process left: no engine/],
    ['come again and again', Array.from({ length: 20 }, () => ['removed process 7']), /still there after \d tries/],
  ])('and whose remains %s may have left a fault standing', async (_, said, text) => {
    const { result } = await play('dies', providerLeft(...said));
    expect(result.notUndone).toEqual([expect.stringMatching(text)]);
  });

  it('before it could begin is no different', async () => {
    const nowhere = new URL('./no-such-worker.ts', import.meta.url);
    const workers = workersOn(providerLeft().provider, nowhere);
    await mkdir(join(runsDir, 'fails'));
    const result = await workers.play(requestOf('fails'), {}, new AbortController().signal);
    expect(result.error?.message).toContain('no-such-worker.ts');
  });
});
