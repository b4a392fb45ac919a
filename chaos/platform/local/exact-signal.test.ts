import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { killAllOf, signalExactly } from './exact-signal.ts';
import { type Mark, markVariable } from './mark.ts';
import { processOf } from './process-table.ts';

const folder = '/nowhere/run';
const sought = { run: `exact-${process.pid}`, folder };
const sleeper = 'setInterval(() => {}, 1000)';

/** A process that lives until it is killed; `await using` kills it in any case. */
async function start(env: Record<string, string>, script = sleeper) {
  const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  await once(child, 'spawn');
  return Object.assign(child, { [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') });
}

function marked(part: string, run = sought.run): Record<string, string> {
  const mark: Mark = { run, part, harness: 'h/1/1', folder };
  return { [markVariable]: JSON.stringify(mark) };
}

const identityOf = ({ pid = 0 }: ChildProcess) => processOf(pid);

describe('signalExactly', () => {
  it('signals the process that is meant', async () => {
    await using child = await start({});
    const identity = identityOf(child);
    if (identity === undefined) throw new Error('no process');
    const exited = once(child, 'exit');
    expect(signalExactly(identity, 'SIGKILL')).toBe(true);
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(signalExactly(identity, 'SIGKILL')).toBe(false);
  });

  it('leaves one alone that has got its pid', async () => {
    await using child = await start({});
    const identity = identityOf(child);
    if (identity === undefined) throw new Error('no process');
    expect(signalExactly({ ...identity, startTicks: identity.startTicks - 1 }, 'SIGKILL')).toBe(false);
    expect(identityOf(child)).toMatchObject({ startTicks: identity.startTicks });
  });
});

describe('killAllOf', () => {
  it('kills what is marked for the run, what has a home of the run, and what these have started', async () => {
    // Its child has no environment at all, and a session of its own.
    const parenting = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}],
        { env: {}, stdio: 'ignore', detached: true });
      console.log(child.pid);
      setInterval(() => {}, 1000);`;
    await using one = await start(marked('front'));
    await using homely = await start({ HOME: `${folder}/homes/front` });
    await using parent = await start(marked('front'), parenting);
    const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const orphanPid = Number(String(line));
    await using stopped = await start(marked('back'));
    stopped.kill('SIGSTOP');
    expect(processOf(orphanPid)).toBeDefined();

    const killed = await killAllOf(sought);

    expect(killed.map(({ pid, part }) => `${part} ${pid}`).sort()).toEqual(
      [
        `front ${one.pid}`,
        `front ${homely.pid}`,
        `front ${parent.pid}`,
        `front ${orphanPid}`,
        `back ${stopped.pid}`,
      ].sort(),
    );
    for (const pid of [one.pid, homely.pid, parent.pid, orphanPid, stopped.pid])
      expect(processOf(pid ?? 0)).toBeUndefined();
  });

  it('kills one part and leaves the others, and whatever else runs here', async () => {
    await using front = await start(marked('front'));
    await using back = await start(marked('back'));
    await using otherRun = await start({ ...marked('front', 'another-run'), HOME: `${folder}/homes/front` });
    await using nearlyHome = await start({ HOME: `${folder}/homes-of-others/front` });
    await using nobody = await start({});
    const killed = await killAllOf(sought, 'front');
    expect(killed.map(({ pid }) => pid)).toEqual([front.pid]);
    for (const other of [back, otherRun, nearlyHome, nobody]) expect(identityOf(other)).toBeDefined();
  });

  it('finds what was written down when it started, but no other process with that pid', async () => {
    await using known = await start({});
    await using other = await start({});
    const [a, b] = [identityOf(known), identityOf(other)];
    if (a === undefined || b === undefined) throw new Error('no process');
    const started = [
      { part: '@toxiproxy', pid: a.pid, startTicks: a.startTicks },
      { part: '@toxiproxy', pid: b.pid, startTicks: b.startTicks + 1 },
    ];
    const killed = await killAllOf({ ...sought, started });
    expect(killed.map(({ pid }) => pid)).toEqual([known.pid]);
    expect(identityOf(other)).toBeDefined();
  });
});
