/** A run on this machine, below its `runDir`: where everything lies, and the file that tells a later process what was started. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import type { ProcessIdentity } from '../platform.ts';

/** One JSON object a line: first the run, then each process when it is started. It is removed when nothing of the run is left. */
const fileName = 'processes.ndjson';
const version = 1;

const runSchema = z.object({ v: z.literal(version), run: z.string(), harness: z.string() });
const processSchema = z.object({ part: z.string(), pid: z.int(), startTicks: z.int() });

export type StartedProcess = z.infer<typeof processSchema>;

export interface RunFile {
  readonly run: string;
  /** As `harnessName()` gives it. */
  readonly harness: string;
  readonly processes: readonly StartedProcess[];
}

/** Folder of all nodes' homes. */
export function homesOf(runDir: string): string {
  return join(runDir, 'homes');
}

/** `$HOME` of a node's processes; its `.openclaw` is the node's home. */
export function userHomeOf(runDir: string, part: string): string {
  return join(homesOf(runDir), part);
}

export function nodeHomeOf(runDir: string, node: string): string {
  return join(userHomeOf(runDir, node), '.openclaw');
}

export function logOf(runDir: string, part: string): string {
  return join(runDir, 'output', `${part.replace(/^@/, '')}.log`);
}

/** Makes the folders, and the file: from then on the run can be recovered. */
export function makeRunFolder(runDir: string, run: string, harness: string): void {
  mkdirSync(binOf(runDir), { recursive: true });
  mkdirSync(dirname(logOf(runDir, '')), { recursive: true });
  rmSync(join(binOf(runDir), 'node'), { force: true });
  symlinkSync(process.execPath, join(binOf(runDir), 'node'));
  writeFileSync(join(runDir, fileName), `${JSON.stringify({ v: version, run, harness })}\n`, { flush: true });
}

/** Whether the run may start processes: its file stands from before the first until after the last. */
export function isOpenRun(runDir: string): boolean {
  return existsSync(join(runDir, fileName));
}

export function recordProcess(runDir: string, part: string, { pid, startTicks }: ProcessIdentity): void {
  appendFileSync(join(runDir, fileName), `${JSON.stringify({ part, pid, startTicks })}\n`);
}

/** Undefined if nothing of such a run is left, or never was, or if it is another user's who keeps it to himself. */
export function readRunFile(runDir: string): RunFile | undefined {
  const [first = '', ...rest] = textOf(join(runDir, fileName)).split('\n');
  const head = runSchema.safeParse(parsed(first)).data;
  // A harness that was killed while writing leaves half a line: the mark finds what that was about.
  return head && { ...head, processes: rest.flatMap((line) => processSchema.safeParse(parsed(line)).data ?? []) };
}

export function removeRunFile(runDir: string): void {
  rmSync(join(runDir, fileName), { force: true });
}

/** Where programs are looked for: this very Node first, then as for the harness, but for what npm puts there. */
export function searchPath(runDir: string): string {
  return [binOf(runDir), ...machinePath()].join(delimiter);
}

export function machinePath(): readonly string[] {
  const path = process.env.PATH || '/usr/local/bin:/usr/bin:/bin';
  return path.split(delimiter).filter((folder) => folder !== '' && !/node_modules\/\.bin\/?$/.test(folder));
}

function binOf(runDir: string): string {
  return join(runDir, 'bin');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
