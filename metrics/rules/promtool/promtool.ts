/** Runs the real promtool, where there is one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Path of the program; `undefined` (and a line that says what to do) where none is named. */
export function referencePromtool(): string | undefined {
  const path = process.env.CHAOS_REFERENCE_PROMTOOL;
  if (path !== undefined && path !== '') return path;
  console.warn(
    'Rules not tested with promtool: name its program in CHAOS_REFERENCE_PROMTOOL (go build github.com/prometheus/prometheus/cmd/promtool).',
  );
  return undefined;
}

/** What it said, and whether it was satisfied. */
export async function promtool(path: string, ...args: readonly string[]): Promise<{ ok: boolean; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(path, args, { maxBuffer: 64 * 1024 * 1024 });
    return { ok: true, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { ok: false, said: `${stdout}${stderr}` };
  }
}
