/** Sees one run through: starts its attempt or takes it up where an earlier runtime left it, and records how it ended. */
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Logger } from '../../layer/logger.ts';
import type { RunOutcome } from '../../layer/wire.ts';
import { type AttemptEnd, type RunningAttempt, startAttempt } from '../attempt/attempt.ts';
import { AttemptFolder } from '../attempt/attempt-folder.ts';
import { currentBootId } from '../attempt/process-identity.ts';
import { runEnvironment } from '../attempt/run-environment.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { toReport } from '../ledger/ledger-statements.ts';
import { defaultTimeoutMs, type Skill } from '../skills/skill-file.ts';
import type { StatusFiles } from '../status/status-files.ts';
import { parseOwnKeys } from '../status/status-line.ts';
import type { GatewayPolicy } from './gateway-policy.ts';

export interface RunKeeperOptions {
  readonly home: string;
  readonly skillsFolder: string;
  /** Where runs leave their files: `RUN/ATTEMPT/`. */
  readonly runsFolder: string;
  readonly ledger: Ledger;
  readonly policy: GatewayPolicy;
  readonly statusFiles: StatusFiles;
  readonly registry: Registry;
  readonly log: Logger;
  /** Aborted to let go of what runs: it goes on, and the next runtime takes it up. */
  readonly signal: AbortSignal;
}

interface Conclusion {
  readonly outcome: RunOutcome;
  readonly at: number;
  readonly reason: string | null;
}

/** A run that takes its container down this often is given up. */
const maxAttempts = 10;

export class RunKeeper {
  readonly #options: RunKeeperOptions;
  readonly #bootId = currentBootId();

  constructor(options: RunKeeperOptions) {
    this.#options = options;
  }

  /** Resolves when the run is finished, or back in the queue. Rejects with the signal's reason when told to let go. */
  async see(run: QueuedRun, skill: Skill | undefined): Promise<void> {
    const { ledger, policy, runsFolder, signal, log } = this.#options;
    const folder = new AttemptFolder(runsFolder, run.id, run.attempt);
    const taken = folder.process() !== undefined;
    if (skill === undefined && !taken) return ledger.again(run.id, Date.now());
    // No `await` unless there is somebody to ask: the process starts in the turn in which its slot was claimed.
    if (policy.before !== undefined && !taken && run.state === 'claimed') {
      const reason = await policy.before();
      signal.throwIfAborted();
      if (reason !== null) return this.#finish(run, folder, { outcome: 'failed', at: Date.now(), reason });
    }
    const end = await this.#start(run, skill, folder, taken).end(signal);
    if (end.kind === 'interrupted' && run.attempt < maxAttempts) {
      log.warn({ run: run.id, attempt: run.attempt }, 'interrupted, to be run again');
      return ledger.again(run.id, Date.now());
    }
    await this.#conclude(run, folder, conclusionOf(end, folder));
  }

  #start(run: QueuedRun, skill: Skill | undefined, folder: AttemptFolder, taken: boolean): RunningAttempt {
    const { home, ledger, registry, skillsFolder } = this.#options;
    const startedAt = Math.max(folder.process()?.since ?? Date.now(), run.dueAt ?? 0);
    const attempt = startAttempt({
      folder,
      command: skill?.command ?? [],
      cwd: join(skillsFolder, run.skill),
      ...runEnvironment(home, run, folder.statusPath),
      timeoutMs: skill?.timeoutMs ?? defaultTimeoutMs,
      bootId: this.#bootId,
    });
    if (run.state !== 'running') ledger.started(run.id, startedAt);
    if (!taken && run.dueAt !== null) {
      const lateness = (startedAt - run.dueAt) / 1000;
      instrument(registry, 'openclaw_skill_start_lateness_seconds').observe({ skill: run.skill }, lateness);
    }
    return attempt;
  }

  async #conclude(run: QueuedRun, folder: AttemptFolder, conclusion: Conclusion): Promise<void> {
    const { ledger, policy, signal } = this.#options;
    const current = ledger.get(run.id);
    if (policy.after === undefined || current === undefined) return this.#finish(run, folder, conclusion);
    const { outcome, at } = conclusion;
    const sequence = ledger.reserveSequence();
    const reason = await policy.after(toReport({ ...current, outcome, finishedAt: at }, 'finished', sequence));
    signal.throwIfAborted();
    if (reason === null) return this.#finish(run, folder, conclusion, { reported: true });
    this.#finish(run, folder, { outcome: 'failed', at, reason });
  }

  #finish(run: QueuedRun, folder: AttemptFolder, conclusion: Conclusion, { reported = false } = {}): void {
    const { ledger, statusFiles, registry, log } = this.#options;
    const { outcome, reason } = conclusion;
    const { startedAt } = ledger.get(run.id) ?? run;
    // A file's time is that of the kernel's last tick: it may lie some milliseconds back.
    const at = Math.max(conclusion.at, startedAt ?? 0);
    ledger.finished(run.id, outcome, at, reason, !reported);
    if (startedAt !== null) {
      const seconds = (at - startedAt) / 1000;
      instrument(registry, 'openclaw_skill_run_duration_seconds').observe({ skill: run.skill }, seconds);
    }
    if (outcome !== 'succeeded') log.warn({ run: run.id, outcome, reason }, 'run did not succeed');
    const own = parseOwnKeys(folder.ownStatus());
    const status = { status: outcome, run: run.id, attempt: String(run.attempt), ...(reason !== null && { reason }) };
    statusFiles.write(run.skill, status, at, Object.keys(own).length > 0 ? own : undefined);
  }
}

function conclusionOf(end: AttemptEnd, folder: AttemptFolder): Conclusion {
  switch (end.kind) {
    case 'exited':
      if (end.code === 0) return { outcome: 'succeeded', at: end.at, reason: null };
      return { outcome: 'failed', at: end.at, reason: `exit code ${end.code}: ${folder.lastWords()}` };
    case 'timed-out':
      return { outcome: 'timed-out', at: end.at, reason: 'it took longer than its timeout' };
    case 'unstartable':
      return { outcome: 'failed', at: end.at, reason: `its process could not be started: ${end.reason}` };
    case 'interrupted':
      return { outcome: 'interrupted', at: Date.now(), reason: `interrupted ${maxAttempts} times: given up` };
  }
}
