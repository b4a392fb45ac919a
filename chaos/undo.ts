/**
 * The undo log of a run: how to end each fault, written down before the fault is injected and carried out last in, first out.
 * One JSON object a line in `undo.ndjson`, append-only: `{ v, id, fault, step }` plans a step, `{ v, id, done }` ends it.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { z } from 'zod';
import { ChaosError } from './errors.ts';
import { withDeadline } from './platform/deadline.ts';
import type { UndoStep } from './platform/platform.ts';

export interface PlannedUndo {
  readonly id: number;
  /** Name of the timeline entry that it ends. */
  readonly fault: string;
  readonly step: UndoStep;
}

export interface UndoOutcome extends PlannedUndo {
  /** Why the fault still stands; undefined once it was ended. */
  readonly error: Error | undefined;
}

export type CarryOut = (step: UndoStep) => Promise<void>;

const fileName = 'undo.ndjson';
const version = 1;
/** A step is tried this often, each time for so long: an API that is down for a moment must not leave a fault standing. */
const attempts = 6;
const attemptWithinMs = 15_000;
const backoff = { initialDelay: 100, maxDelay: 2_000 };

const stepSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('enable-link'), link: z.string() }),
  z.object({ do: z.literal('remove-toxic'), link: z.string(), toxic: z.string() }),
  z.object({ do: z.literal('continue-process'), node: z.string() }),
  z.object({ do: z.literal('raise-node'), node: z.string() }),
  z.object({ do: z.literal('continue-supervisor'), node: z.string() }),
  z.object({ do: z.literal('free-disks'), node: z.string() }),
  z.object({ do: z.literal('reset-clock'), node: z.string(), file: z.string() }),
  z.object({ do: z.literal('restore-file'), node: z.string(), file: z.string(), backup: z.string() }),
]) satisfies z.ZodType<UndoStep>;

const lineSchema = z.union([
  z.object({ v: z.literal(version), id: z.int(), fault: z.string(), step: stepSchema }),
  z.object({ v: z.literal(version), id: z.int(), done: z.string() }),
]);

export class UndoLog implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #pending: PlannedUndo[];
  #nextId: number;
  /** Undoing is one at a time, whoever asks: the timeline's heal and Ctrl-C may come together. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, pending: readonly PlannedUndo[], nextId: number) {
    this.#file = file;
    this.#pending = [...pending];
    this.#nextId = nextId;
  }

  /** Opens the log of a run, taking up what an earlier process left in it. */
  static async open(runDir: string): Promise<UndoLog> {
    const { pending, nextId, torn } = await read(runDir);
    const file = await open(join(runDir, fileName), 'a');
    // Ends a line that a killed process began, so that the next one stands alone.
    if (torn) await file.appendFile('\n');
    return new UndoLog(file, pending, nextId);
  }

  get pending(): readonly PlannedUndo[] {
    return this.#pending;
  }

  /** Writes the steps down, durably. Only when this has resolved may the fault be injected. */
  async plan(fault: string, steps: readonly UndoStep[]): Promise<void> {
    const planned = steps.map((step) => ({ id: this.#nextId++, fault, step }));
    await this.#write(planned);
    this.#pending.push(...planned);
  }

  /** Ends one fault, last step first. Never throws for a step: what failed is told in its outcome, and stays pending. */
  undo(fault: string, carryOut: CarryOut): Promise<readonly UndoOutcome[]> {
    return this.#inTurn(() => this.#undoWhere((planned) => planned.fault === fault, carryOut));
  }

  /** Ends all faults that still stand, last one first. */
  undoAll(carryOut: CarryOut): Promise<readonly UndoOutcome[]> {
    return this.#inTurn(() => this.#undoWhere(() => true, carryOut));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    await this.#file.close();
  }

  async #undoWhere(which: (planned: PlannedUndo) => boolean, carryOut: CarryOut): Promise<readonly UndoOutcome[]> {
    const outcomes: UndoOutcome[] = [];
    for (const planned of this.#pending.filter(which).reverse()) {
      const error = await tryOften(() => carryOut(planned.step), planned);
      outcomes.push({ ...planned, error });
      if (error !== undefined) continue;
      this.#pending.splice(this.#pending.indexOf(planned), 1);
      // A full disk must not keep the other faults standing; to end this one again would be harmless.
      await this.#write([{ id: planned.id, done: new Date().toISOString() }]).catch(() => undefined);
    }
    return outcomes;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #write(entries: readonly object[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#file.appendFile(entries.map((entry) => `${JSON.stringify({ v: version, ...entry })}\n`).join(''));
    await this.#file.datasync();
  }
}

/** Steps in a run's undo log that nobody carried out, in the order in which they were planned; none if there is no log. */
export async function readUndoLog(runDir: string): Promise<readonly PlannedUndo[]> {
  return (await read(runDir)).pending;
}

/** For when the faults went down with all that they were in: marks every pending step done, and tells which. */
export async function closeUndoLog(runDir: string): Promise<readonly PlannedUndo[]> {
  const pending = await readUndoLog(runDir);
  if (pending.length === 0) return pending;
  await using log = await UndoLog.open(runDir);
  await log.undoAll(async () => {});
  return pending;
}

async function tryOften(attempt: () => Promise<void>, { step }: PlannedUndo): Promise<Error | undefined> {
  const policy = retry(handleAll, { maxAttempts: attempts - 1, backoff: new ExponentialBackoff(backoff) });
  try {
    await policy.execute(() => withDeadline(attempt(), attemptWithinMs, step.do));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function read(runDir: string): Promise<{ pending: readonly PlannedUndo[]; nextId: number; torn: boolean }> {
  const text = await readFile(join(runDir, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const pending = new Map<number, PlannedUndo>();
  let nextId = 1;
  for (const [index, line] of text.split('\n').entries()) {
    const entry = line === '' ? undefined : parseLine(line);
    // A process that was killed while writing leaves half a line; the fault was then not injected yet, or is ended once more.
    if (entry === undefined) continue;
    if (entry === 'newer') throw newerVersion(runDir, index + 1);
    nextId = Math.max(nextId, entry.id + 1);
    if ('step' in entry) pending.set(entry.id, { id: entry.id, fault: entry.fault, step: entry.step });
    else pending.delete(entry.id);
  }
  return { pending: [...pending.values()], nextId, torn: text !== '' && !text.endsWith('\n') };
}

function parseLine(line: string): z.infer<typeof lineSchema> | 'newer' | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  return lineSchema.safeParse(json).data ?? 'newer';
}

function newerVersion(runDir: string, line: number): ChaosError {
  return new ChaosError('CHAOS_UNDO_LOG', `${join(runDir, fileName)}: line ${line} is not of version ${version}`, {
    mend: 'recover with the version of the harness that wrote it',
  });
}
