/** Sees one run through: starts its attempt or takes it up where an earlier runtime left it, and has its end recorded. */
import { join } from 'node:path';
import { instrument } from '../../../metrics/instrument.ts';
import { startAttempt } from '../attempt/attempt.ts';
import type { AttemptFolder } from '../attempt/attempt-folder.ts';
import { wallTimeOf } from '../attempt/boot-clock.ts';
import { currentBootId } from '../attempt/process-identity.ts';
import { commandProcesses, kill, killMarked } from '../attempt/process-marks.ts';
import { runEnvironment } from '../attempt/run-environment.ts';
import type { RunningAttempt } from '../attempt/running-attempt.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { toReport } from '../ledger/ledger-row-mapping.ts';
import { defaultTimeoutMs, type Skill } from '../skills/skill-file.ts';
import { type Conclusion, conclusionOf, withoutAttempt } from './conclusion.ts';
import { EarlySpans } from './early-spans.ts';
import type { GatewayPolicy } from './gateway-policy.ts';
import type { RunFolders } from './run-folders.ts';
import { RunRecords, type RunRecordsOptions, type SeenRun } from './run-records.ts';
import { RunSpan } from './run-span.ts';

export interface RunKeeperOptions extends RunRecordsOptions {
  readonly home: string;
  readonly skillsFolder: string;
  readonly folders: RunFolders;
  readonly policy: GatewayPolicy;
  /** Aborted to let go of what runs: it goes on, and the next runtime takes it up. */
  readonly signal: AbortSignal;
}

/** A run that takes its container down this often is given up. */
const maxAttempts = 10;
const defaultLimits = { timeoutMs: defaultTimeoutMs, graceMs: 5000 };

export class RunKeeper {
  readonly #options: RunKeeperOptions;
  readonly #bootId = currentBootId();
  readonly #underWay = new Map<string, RunningAttempt>();
  readonly #early = new EarlySpans();
  readonly #records: RunRecords;

  constructor(options: RunKeeperOptions) {
    this.#options = options;
    this.#records = new RunRecords(options);
  }

  /** Resolves when the run is finished, or back in the queue. Rejects with the signal's reason when told to let go. */
  async see(run: QueuedRun, skill: Skill | undefined): Promise<void> {
    const folder = this.#options.folders.of(run);
    const takenUpFrom = startOf(run, folder);
    const span = new RunSpan({ run, early: this.#early, takenUpFrom });
    return span.within(() => this.#see({ run, skill, folder, span }));
  }

  async #see(seen: SeenRun): Promise<void> {
    const { run, skill, folder, span } = seen;
    const { ledger, policy, signal } = this.#options;
    if (run.state === 'running') this.#endUnwatched(run, folder);
    const taken = folder.isTaken();
    if (!taken && (skill === undefined || run.cancelRequested)) return this.#neverBegin(seen);
    // No `await` unless there is somebody to ask: the process starts in the turn in which its slot was claimed.
    if (policy.before !== undefined && !taken && run.state === 'claimed') {
      const reason = await policy.before(span.traceparent);
      signal.throwIfAborted();
      if (ledger.get(run.id)?.state !== 'claimed') return span.end('cancelled', 'cancelled before it began');
      if (reason !== null) return this.#records.finish(seen, withoutAttempt('failed', reason));
    }
    const attempt = this.#start(seen, taken);
    this.#underWay.set(run.id, attempt);
    if (run.cancelRequested) attempt.cancel();
    try {
      const end = await attempt.end(signal);
      if (end.kind === 'interrupted') return this.#interrupted(seen);
      await this.#conclude(seen, conclusionOf(end, folder.output(), run.attempt));
    } finally {
      this.#underWay.delete(run.id);
    }
  }

  /** Ends the run's process, if it has one by now. */
  cancel(id: string): void {
    this.#underWay.get(id)?.cancel();
  }

  #start({ run, skill, folder, span }: SeenRun, taken: boolean): RunningAttempt {
    const { folders, home, ledger, registry, skillsFolder } = this.#options;
    const process = taken ? folder.process() : undefined;
    const startedAt = Math.max(process === undefined ? Date.now() : wallTimeOf(process.startedAt), run.dueAt ?? 0);
    const command = skill?.command ?? [];
    const start = () =>
      startAttempt({
        folder,
        command,
        cwd: join(skillsFolder, run.skill),
        ...runEnvironment(home, run, span.traceparent),
        limits: skill === undefined ? defaultLimits : { timeoutMs: skill.timeoutMs, graceMs: skill.graceMs },
        bootId: this.#bootId,
      });
    const attempt = taken ? start() : span.starting(command, start);
    if (run.state !== 'running') ledger.started(run.id, startedAt, span.traceparent);
    if (taken) return attempt;
    folders.used(folder);
    if (run.dueAt !== null && run.attempt === 1) {
      const lateness = (startedAt - run.dueAt) / 1000;
      instrument(registry, 'openclaw_skill_start_lateness_seconds').observe(lateness);
      instrument(registry, 'openclaw_skill_last_start_lateness_seconds').set({ skill: run.skill }, lateness);
    }
    return attempt;
  }

  /** An attempt that could leave no files: nobody can learn how it ends, and another one must not run beside it. */
  #endUnwatched(run: QueuedRun, folder: AttemptFolder): void {
    if (folder.process() !== undefined) return;
    const commands = commandProcesses(runEnvironment(this.#options.home, run).marks);
    // A start that is on its way may have taken it meanwhile: that one is watched.
    if (folder.process() === undefined) commands.forEach(kill);
  }

  /** It is on record as running, but its process never came that far: a start that is still on its way must not, either. */
  #neverBegin(seen: SeenRun): void {
    const { run } = seen;
    killMarked(runEnvironment(this.#options.home, run).marks);
    if (run.cancelRequested) this.#records.finish(seen, withoutAttempt('cancelled', 'cancelled before it began'));
    else this.#records.again(seen);
  }

  #interrupted(seen: SeenRun): void {
    const { run, folder } = seen;
    const { ledger, log } = this.#options;
    if (ledger.get(run.id)?.cancelRequested === true) {
      this.#records.finish(seen, withoutAttempt('cancelled', 'cancelled while it ran'));
    } else if (run.attempt >= maxAttempts) {
      this.#records.finish(seen, conclusionOf({ kind: 'interrupted' }, '', run.attempt));
    } else {
      log.warn({ run: run.id, attempt: run.attempt }, 'interrupted, to be run again');
      void folder.removeScratch();
      this.#records.again(seen);
    }
  }

  async #conclude(seen: SeenRun, conclusion: Conclusion): Promise<void> {
    const { run, span } = seen;
    const { ledger, policy, signal } = this.#options;
    if (this.#records.retry(seen, conclusion)) return;
    const current = ledger.get(run.id);
    if (policy.after === undefined || current === undefined) return this.#records.finish(seen, conclusion);
    const { outcome, at } = conclusion;
    const sequence = ledger.reserveSequence();
    const ended = { ...current, outcome, finishedAt: at };
    const reason = await policy.after(toReport(ended, 'finished', sequence, span.traceparent));
    signal.throwIfAborted();
    if (reason === null) return this.#records.finish(seen, conclusion, { report: false });
    this.#records.finish(seen, { ...conclusion, outcome: 'failed', reason });
  }
}

/** When an earlier runtime started the attempt, Unix ms; undefined: none did. */
function startOf(run: QueuedRun, folder: AttemptFolder): number | undefined {
  if (run.startedAt !== null) return run.startedAt;
  // Killed between the process's start and its record, a runtime leaves a run that is only claimed, but taken.
  const process = folder.isTaken() ? folder.process() : undefined;
  return process && wallTimeOf(process.startedAt);
}
