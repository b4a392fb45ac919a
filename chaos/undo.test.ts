import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UndoStep } from './platform/platform.ts';
import { closeUndoLog, readUndoLog, UndoLog } from './undo.ts';

const down = (link: string): UndoStep => ({ do: 'enable-link', link });
const held = (node: string): UndoStep => ({ do: 'raise-node', node });

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'undo-'));
});
afterEach(() => rm(runDir, { recursive: true }));

const recorded = () => {
  const done: UndoStep[] = [];
  return { done, carryOut: async (step: UndoStep) => void done.push(step) };
};

describe('UndoLog', () => {
  it('has a step on disk before the fault may be injected', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1-link-down', [down('a')]);
    expect(await readUndoLog(runDir)).toEqual([{ id: 1, fault: '1-link-down', step: down('a') }]);
  });

  it('undoes last in, first out, across faults and within one', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('a'), down('b')]);
    await log.plan('2', [held('c')]);
    const { done, carryOut } = recorded();
    const outcomes = await log.undoAll(carryOut);
    expect(done).toEqual([held('c'), down('b'), down('a')]);
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(await readUndoLog(runDir)).toEqual([]);
  });

  it('undoes one fault and leaves the others standing', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('a')]);
    await log.plan('2', [down('b')]);
    const { done, carryOut } = recorded();
    await log.undo('1', carryOut);
    expect(done).toEqual([down('a')]);
    expect((await readUndoLog(runDir)).map(({ fault }) => fault)).toEqual(['2']);
  });

  it('tries again when an API fails for a moment', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('a')]);
    let calls = 0;
    const outcomes = await log.undoAll(async () => {
      if (++calls < 3) throw new Error('connection refused');
    });
    expect(calls).toBe(3);
    expect(outcomes).toMatchObject([{ error: undefined }]);
  });

  it('reports what cannot be undone, keeps it on disk, and undoes the rest', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('good'), held('bad')]);
    const { done, carryOut } = recorded();
    const outcomes = await log.undoAll(async (step) => {
      if (step.do === 'raise-node') throw new Error('the engine is gone');
      await carryOut(step);
    });
    expect(outcomes.map(({ step, error }) => [step.do, error?.message])).toEqual([
      ['raise-node', 'the engine is gone'],
      ['enable-link', undefined],
    ]);
    expect(done).toEqual([down('good')]);
    expect(await readUndoLog(runDir)).toMatchObject([{ step: held('bad') }]);
  });

  it('carries out each step once when two ask at the same time', async () => {
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('a'), down('b')]);
    const { done, carryOut } = recorded();
    await Promise.all([log.undo('1', carryOut), log.undoAll(carryOut)]);
    expect(done).toEqual([down('b'), down('a')]);
  });

  it('is taken up by another process after a SIGKILL, half a line included', async () => {
    const script = `
      import { UndoLog } from ${JSON.stringify(join(import.meta.dirname, 'undo.ts'))};
      const log = await UndoLog.open(${JSON.stringify(runDir)});
      await log.plan('1', [{ do: 'enable-link', link: 'a' }]);
      await log.plan('2', [{ do: 'remove-toxic', link: 'b', toxic: 't' }]);
      await log.undo('2', async () => {});
      await log.plan('3', [{ do: 'continue-process', node: 'c' }]);
      console.log('planned');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await appendFile(join(runDir, 'undo.ndjson'), '{"v":1,"id":4,"fau');

    expect((await readUndoLog(runDir)).map(({ fault }) => fault)).toEqual(['1', '3']);
    await using log = await UndoLog.open(runDir);
    await log.plan('5', [down('e')]);
    const { done, carryOut } = recorded();
    await log.undoAll(carryOut);
    expect(done).toEqual([down('e'), { do: 'continue-process', node: 'c' }, down('a')]);
  });

  it('does not guess at a log of another version', async () => {
    await writeFile(join(runDir, 'undo.ndjson'), '{"v":2,"id":1,"fault":"1","step":{"do":"enable-link","link":"a"}}\n');
    await expect(readUndoLog(runDir)).rejects.toMatchObject({
      code: 'CHAOS_UNDO_LOG',
      message: expect.stringContaining('line 1'),
    });
  });
});

describe('closeUndoLog', () => {
  it('tells what stood and marks it done; a run without a log has nothing', async () => {
    expect(await closeUndoLog(runDir)).toEqual([]);
    await using log = await UndoLog.open(runDir);
    await log.plan('1', [down('a')]);
    expect(await closeUndoLog(runDir)).toMatchObject([{ fault: '1' }]);
    expect(await closeUndoLog(runDir)).toEqual([]);
    expect(await readFile(join(runDir, 'undo.ndjson'), 'utf8')).toContain('"done"');
  });
});
