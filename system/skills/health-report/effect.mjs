/** Leaves the trace of a completed run: one line in `effects/SKILL.ndjson`, once a run, however many attempts it takes. */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** An earlier attempt's line is among the newest: runs of a skill never overlap. */
const tailBytes = 262_144;

/** The last thing that a skill does. Check, then append is safe: the runtime confirms an attempt dead before the next one starts. */
export function leaveEffect(startedAt) {
  const { OPENCLAW_HOME: home = '', OPENCLAW_SKILL: skill = '', OPENCLAW_RUN: run = '' } = process.env;
  const { OPENCLAW_SLOT: slot = '', OPENCLAW_ATTEMPT: attempt = '1' } = process.env;
  mkdirSync(join(home, 'effects'), { recursive: true });
  const file = openSync(join(home, 'effects', `${skill}.ndjson`), 'a+');
  try {
    const tail = readTail(file);
    if (tail.split('\n').some((line) => runOf(line) === run)) return;
    const effect = {
      run,
      slot: slot === '' ? null : Number(slot),
      attempt: Number(attempt),
      startedAt,
      finishedAt: Date.now(),
    };
    // After a line that a crash tore off, begin a new one: the torn line is nobody's effect.
    const gap = tail === '' || tail.endsWith('\n') ? '' : '\n';
    writeSync(file, `${gap}${JSON.stringify(effect)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readTail(file) {
  const { size } = fstatSync(file);
  const buffer = Buffer.alloc(Math.min(size, tailBytes));
  return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, size - buffer.length));
}

function runOf(line) {
  try {
    return JSON.parse(line).run;
  } catch {
    return undefined;
  }
}
