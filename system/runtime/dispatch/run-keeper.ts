/** Sees one run through: starts its attempt or takes it up where an earlier runtime left it, and records how it ended. */
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Logger } from '../../layer/logger.ts';
import { startAttempt } from '../attempt/attempt.ts';
import type { AttemptFolder } from '../attempt/attempt-folder.ts';
import { wallTimeOf } from '../attempt/boot-clock.ts';
import { currentBootId } from '../attempt/process-identity.ts';
import { commandProcesses, kill, killMarked } from '../attempt/process-marks.ts';
import { runEnvironment } from '../attempt/run-environment.ts';
import type { RunningAttempt } from '../attempt/running-attempt.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { toReport } from '../ledger/ledger-row-mapping.ts';
import { defaultTimeoutMs, type Skill } from '../skills/skill-file.ts';
import type { StatusFiles } from '../status/status-files.ts';
import { parseOwnKeys } from '../status/status-line.ts';
import { type Conclusion, conclusionOf, withoutAttempt } from './conclusion.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import type { GatewayPolicy } from './gateway-policy.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { RunFolders } from './run-folders.ts';

export interface RunKeeperOptions {
  readonly home: string;
  readonly skillsFolder: string;
  readonly folders: RunFolders;
  readonly ledger: Ledger;
  readonly policy: GatewayPolicy;
  readonly statusFiles: StatusFiles;
  readonly backoff: Pick<FailureBackoff, 'ended' | 'until'>;
  readonly registry: Registry;
  readonly log: Logger;
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

  constructor(options: RunKeeperOptions) {
    this.#options = options;
  }

  /** Resolves when the run is finished, or back in the queue. Rejects with the signal's reason when told to let go. */
  async see(run: QueuedRun, skill: Skill | undefined): Promise<void> {
    const { ledger, policy, folders, signal } = this.#options;
    const folder = folders.of(run);
    if (run.state === 'running') this.#endUnwatched(run, folder);
    const taken = folder.isTaken();
    if (!taken && (skill === undefined || run.cancelRequested)) return this.#neverBegin(run, skill, folder);
    // No `await` unless there is somebody to ask: the process starts in the turn in which its slot was claimed.
    if (policy.before !== undefined && !taken && run.state === 'claimed') {
      const reason = await policy.before();
      signal.throwIfAborted();
      if (ledger.get(run.id)?.state !== 'claimed') return;
      if (reason !== null) return this.#finish(run, skill, folder, withoutAttempt('failed', reason));
    }
    const attempt = this.#start(run, skill, folder, taken);
    this.#underWay.set(run.id, attempt);
    if (run.cancelRequested) attempt.cancel();
    try {
      const end = await attempt.end(signal);
      if (end.kind === 'interrupted') return this.#interrupted(run, skill, folder);
      await this.#conclude(run, skill, folder, conclusionOf(end, folder.output(), run.attempt));
    } finally {
      this.#underWay.delete(run.id);
    }
  }

  /** Ends the run's process, if it has one by now. */
  cancel(id: string): void {
    this.#underWay.get(id)?.cancel();
  }

  #start(run: QueuedRun, skill: Skill | undefined, folder: AttemptFolder, taken: boolean): RunningAttempt {
    const { folders, home, ledger, registry, skillsFolder } = this.#options;
    const process = taken ? folder.process() : undefined;
    const startedAt = Math.max(process === undefined ? Date.now() : wallTimeOf(process.startedAt), run.dueAt ?? 0);
    const attempt = startAttempt({
      folder,
      command: skill?.command ?? [],
      cwd: join(skillsFolder, run.skill),
      ...runEnvironment(home, run),
      limits: skill === undefined ? defaultLimits : { timeoutMs: skill.timeoutMs, graceMs: skill.graceMs },
      bootId: this.#bootId,
    });
    if (run.state !== 'running') ledger.started(run.id, startedAt);
    if (taken) return attempt;
    folders.used(folder);
    if (run.dueAt !== null && run.attempt === 1) {
      const lateness = (startedAt - run.dueAt) / 1000;
      instrument(registry, 'openclaw_skill_start_lateness_seconds').observe({ skill: run.skill }, lateness);
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
  #neverBegin(run: QueuedRun, skill: Skill | undefined, folder: AttemptFolder): void {
    const { home, ledger } = this.#options;
    killMarked(runEnvironment(home, run).marks);
    if (run.cancelRequested) this.#finish(run, skill, folder, withoutAttempt('cancelled', 'cancelled before it began'));
    else ledger.again(run.id, Date.now(), run.attempt);
  }

  #interrupted(run: QueuedRun, skill: Skill | undefined, folder: AttemptFolder): void {
    const { ledger, log } = this.#options;
    if (ledger.get(run.id)?.cancelRequested === true) {
      this.#finish(run, skill, folder, withoutAttempt('cancelled', 'cancelled while it ran'));
    } else if (run.attempt >= maxAttempts) {
      this.#finish(run, skill, folder, conclusionOf({ kind: 'interrupted' }, '', run.attempt));
    } else {
      log.warn({ run: run.id, attempt: run.attempt }, 'interrupted, to be run again');
      void folder.removeScratch();
      ledger.again(run.id, Date.now(), run.attempt);
    }
  }

  async #conclude(
    run: QueuedRun,
    skill: Skill | undefined,
    folder: AttemptFolder,
    conclusion: Conclusion,
  ): Promise<void> {
    const { ledger, policy, signal } = this.#options;
    if (this.#retry(run, skill, folder, conclusion)) return;
    const current = ledger.get(run.id);
    if (policy.after === undefined || current === undefined) return this.#finish(run, skill, folder, conclusion);
    const { outcome, at } = conclusion;
    const sequence = ledger.reserveSequence();
    const reason = await policy.after(toReport({ ...current, outcome, finishedAt: at }, 'finished', sequence));
    signal.throwIfAborted();
    if (reason === null) return this.#finish(run, skill, folder, conclusion, { report: false });
    this.#finish(run, skill, folder, { ...conclusion, outcome: 'failed', reason });
  }

  /** False: it is not to be tried again. */
  #retry(run: QueuedRun, skill: Skill | undefined, folder: AttemptFolder, conclusion: Conclusion): boolean {
    const { outcome, reason, exitCode, signal, output } = conclusion;
    if (skill === undefined || (outcome !== 'failed' && outcome !== 'timed-out')) return false;
    if (run.attempt > skill.retries.max) return false;
    const now = Date.now();
    const notBefore = now + retryDelayMs(skill.retries, run.attempt);
    const ended = { attempt: run.attempt, reason, exitCode, signal, output };
    this.#options.log.warn({ run: run.id, attempt: run.attempt, outcome, reason, notBefore }, 'to be tried again');
    this.#options.ledger.retry(run.id, { ...ended, now, notBefore });
    this.#pause(skill);
    void folder.removeScratch();
    return true;
  }

  #finish(
    run: QueuedRun,
    skill: Skill | undefined,
    folder: AttemptFolder,
    conclusion: Conclusion,
    options: { readonly report?: boolean } = {},
  ): void {
    const { ledger, statusFiles, registry, log } = this.#options;
    const { seconds, ...ended } = conclusion;
    const { outcome, reason } = conclusion;
    // The clock may have been set back since the start.
    const at = Math.max(ended.at, ledger.get(run.id)?.startedAt ?? 0);
    void folder.removeScratch();
    if (!ledger.finished(run.id, { ...ended, at, attempt: run.attempt }, options)) return;
    if (seconds !== undefined) {
      instrument(registry, 'openclaw_skill_run_duration_seconds').observe({ skill: run.skill }, seconds);
    }
    if (outcome !== 'succeeded') log.warn({ run: run.id, outcome, reason }, 'run did not succeed');
    const own = parseOwnKeys(folder.ownStatus());
    const status = {
      status: outcome,
      run: run.id,
      attempt: String(run.attempt),
      ...(reason !== null && { reason }),
      ...this.#pause(skill),
    };
    statusFiles.write(run.skill, status, at, Object.keys(own).length > 0 ? own : undefined);
  }

  /** A skill that keeps failing is given a pause; its status says until when. */
  #pause(skill: Skill | undefined): { backoff_until?: string } {
    if (skill === undefined) return {};
    this.#options.backoff.ended(skill);
    const until = this.#options.backoff.until(skill);
    return until === null ? {} : { backoff_until: new Date(until).toISOString() };
  }
}
