/** Records how an attempt ended: in the ledger, in its span, in the metrics and in the skill's status file. */
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Logger } from '../../layer/logger.ts';
import type { AttemptFolder } from '../attempt/attempt-folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import type { Skill } from '../skills/skill-file.ts';
import type { StatusFiles } from '../status/status-files.ts';
import { parseOwnKeys } from '../status/status-line.ts';
import { type Conclusion, reasonForTrace } from './conclusion.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { RunSpan } from './run-span.ts';

export interface RunRecordsOptions {
  readonly ledger: Ledger;
  readonly statusFiles: StatusFiles;
  readonly backoff: Pick<FailureBackoff, 'ended' | 'until'>;
  readonly registry: Registry;
  readonly log: Logger;
}

/** A run that is being seen through. */
export interface SeenRun {
  readonly run: QueuedRun;
  /** Undefined: there is none of that name any more. */
  readonly skill: Skill | undefined;
  readonly folder: AttemptFolder;
  readonly span: RunSpan;
}

export class RunRecords {
  readonly #options: RunRecordsOptions;

  constructor(options: RunRecordsOptions) {
    this.#options = options;
  }

  /** `report` false: the gateway has been told already. */
  finish(seen: SeenRun, conclusion: Conclusion, options: { readonly report?: boolean } = {}): void {
    const { run, skill, folder, span } = seen;
    const { ledger, statusFiles, registry, log } = this.#options;
    const { seconds, ...ended } = conclusion;
    const { outcome, reason } = conclusion;
    // The clock may have been set back since the start.
    const at = Math.max(ended.at, ledger.get(run.id)?.startedAt ?? 0);
    void folder.removeScratch();
    const { traceparent } = span;
    span.end(outcome, reasonForTrace(conclusion));
    if (!ledger.finished(run.id, { ...ended, at, attempt: run.attempt, traceparent }, options)) return;
    if (seconds !== undefined) {
      instrument(registry, 'openclaw_skill_run_duration_seconds').observe(seconds);
      instrument(registry, 'openclaw_skill_run_seconds_total').inc({ skill: run.skill }, seconds);
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

  /** What failed goes back into the queue, to be tried again; false: it is not to be. */
  retry({ run, skill, folder, span }: SeenRun, conclusion: Conclusion): boolean {
    const { outcome, reason, exitCode, signal, output } = conclusion;
    if (skill === undefined || (outcome !== 'failed' && outcome !== 'timed-out')) return false;
    if (run.attempt > skill.retries.max) return false;
    const now = Date.now();
    const notBefore = now + retryDelayMs(skill.retries, run.attempt);
    const ended = { attempt: run.attempt, reason, exitCode, signal, output };
    this.#options.log.warn({ run: run.id, attempt: run.attempt, outcome, reason, notBefore }, 'to be tried again');
    span.end(outcome, reasonForTrace(conclusion));
    this.#options.ledger.retry(run.id, { ...ended, now, notBefore });
    this.#pause(skill);
    void folder.removeScratch();
    return true;
  }

  /** The attempt was interrupted: the run goes back into the queue. */
  again({ run, span }: SeenRun): void {
    span.end('interrupted', 'interrupted');
    this.#options.ledger.again(run.id, Date.now(), run.attempt);
  }

  /** A skill that keeps failing is given a pause; its status says until when. */
  #pause(skill: Skill | undefined): { backoff_until?: string } {
    if (skill === undefined) return {};
    this.#options.backoff.ended(skill);
    const until = this.#options.backoff.until(skill);
    return until === null ? {} : { backoff_until: new Date(until).toISOString() };
  }
}
