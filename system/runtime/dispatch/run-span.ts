/** The span of one attempt of a run, whichever runtime started its process: a killed process exports nothing, so this one tells its end. */
import { basename } from 'node:path';
import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { failSpan, inSpan, startSpan, traceparentOf } from '../../layer/spans.ts';
import type { RunOutcome } from '../../layer/wire.ts';
import type { RunningAttempt } from '../attempt/running-attempt.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import type { EarlySpans } from './early-spans.ts';

export interface RunSpanOptions {
  readonly run: QueuedRun;
  readonly early: EarlySpans;
  /** Unix ms at which an earlier runtime started the attempt; undefined: none did. */
  readonly takenUpFrom?: number | undefined;
}

/** Where somebody asked for the run, a child of that; a slot's is a trace of its own, in which its later attempts follow the first. */
export class RunSpan {
  readonly #options: RunSpanOptions;
  readonly #startTime: number;
  #span: Span;

  constructor(options: RunSpanOptions) {
    this.#options = options;
    this.#startTime = options.takenUpFrom ?? Date.now();
    this.#span = this.#start();
  }

  /** What the attempt's process, requests and reports are a part of; undefined where nothing is traced. */
  get traceparent(): string | undefined {
    return traceparentOf(this.#current());
  }

  /** Runs `work` with the span active, so that its logs carry it. */
  within<T>(work: () => T): T {
    return context.with(trace.setSpan(context.active(), this.#span), work);
  }

  /** `start` starts the process of the command; nothing of its arguments and environment is told. */
  starting([program = '']: readonly string[], start: () => RunningAttempt): RunningAttempt {
    const attributes = { 'process.executable.name': basename(program) };
    return inSpan('start process', { parent: this.traceparent ?? null, attributes }, (span) => {
      const attempt = start();
      if (attempt.pid === undefined) failSpan(span, 'the process could not be started');
      else span.setAttribute('process.pid', attempt.pid);
      return attempt;
    });
  }

  end(outcome: RunOutcome, reason: string | null): void {
    const { early } = this.#options;
    const finish = (span: Span, endTime?: number): void => {
      span.setAttribute('openclaw.run.outcome', outcome);
      if (outcome !== 'succeeded' && outcome !== 'cancelled') {
        span.setStatus({ code: SpanStatusCode.ERROR, ...(reason !== null && { message: reason }) });
      }
      span.end(endTime);
    };
    const span = this.#current();
    if (this.#isRecorded(span)) {
      early.release();
      finish(span);
    } else {
      const endTime = Date.now();
      early.hold(() => finish(this.#start(), endTime));
    }
  }

  /** Begun anew, from its true start, if there was no tracer yet. */
  #current(): Span {
    if (!this.#isRecorded(this.#span)) this.#span = this.#start();
    return this.#span;
  }

  #start(): Span {
    const { run, takenUpFrom } = this.#options;
    const { id, skill, trigger, dueAt, attempt, traceparent, claimedIn } = run;
    return startSpan(`run ${skill}`, {
      parent: traceparent,
      links: claimedIn === null ? [] : [claimedIn],
      startTime: this.#startTime,
      attributes: {
        'openclaw.run.id': id,
        'openclaw.skill.name': skill,
        'openclaw.run.trigger': trigger,
        'openclaw.run.attempt': attempt,
        ...(dueAt !== null && { 'openclaw.run.due_at': dueAt }),
        ...(takenUpFrom !== undefined && { 'openclaw.run.taken_up': true }),
      },
    });
  }

  /** Without a tracer a span has no context but that of its parent. */
  #isRecorded(span: Span): boolean {
    return ![undefined, this.#options.run.traceparent].includes(traceparentOf(span));
  }
}
