/** The gateway without its HTTP: stores, who waits for their changes, and the counters. */
import type { DatabaseSync } from 'node:sqlite';
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';
import { ProblemError } from '../layer/problem.ts';
import type { Command, Presence, RunReport } from '../layer/wire.ts';
import { CommandWaiters } from './command-waiters.ts';
import { EventLog } from './event-log.ts';
import { EventStreams } from './event-streams.ts';
import type { Limits } from './limits.ts';
import { PresenceBoard } from './presence-board.ts';
import type { Run } from './run.ts';
import { type ReportResult, type RunRequest, RunStore } from './run-store.ts';
import { SkillStore } from './skill-store.ts';

export class GatewayCore {
  readonly limits: Limits;
  readonly skills: SkillStore;
  readonly runs: RunStore;
  readonly events: EventLog;
  readonly presence: PresenceBoard;
  readonly streams: EventStreams;
  readonly #waiters: CommandWaiters;
  readonly #metrics;
  #pulledAt: number | undefined;
  #presenceAt: number | undefined;

  constructor(db: DatabaseSync, registry: Registry, limits: Limits) {
    this.limits = limits;
    this.skills = new SkillStore(db);
    this.events = new EventLog(db, limits.eventsKept);
    this.runs = new RunStore(db, this.events, limits);
    this.presence = new PresenceBoard(limits.presenceMs);
    this.#waiters = new CommandWaiters(limits.commandWaiters);
    this.#metrics = instruments(registry);
    this.streams = new EventStreams(limits.eventStreams, (open) => this.#metrics.streams.set(open));
    this.#metrics.pending.set(this.runs.pending());
  }

  /** Asks for a run now. Throws a problem if there is no such skill or it cannot run. */
  accept(request: RunRequest): { readonly run: Run; readonly made: boolean } {
    const skill = this.skills.get(request.skill);
    if (skill === undefined) {
      const known = this.skills.list().map(({ name }) => name);
      const hint =
        known.length === 0 ? 'the runtime has not told its skills yet' : `there are ${known.slice(0, 20).join(', ')}`;
      throw new ProblemError(404, 'OPENCLAW_NO_SKILL', `there is no skill ${request.skill}: ${hint}`);
    }
    if (skill.problem !== undefined) {
      throw new ProblemError(409, 'OPENCLAW_SKILL_PROBLEM', `skill ${skill.name} cannot run: ${skill.problem}`);
    }
    const accepted = this.runs.accept(request);
    this.#metrics.requests.inc({ result: accepted.made ? 'new' : 'repeated' });
    if (accepted.made) this.#committed();
    return accepted;
  }

  report(report: RunReport): ReportResult {
    const result = this.runs.report(report);
    this.#metrics.reports.inc({ result });
    if (result === 'new') this.#committed();
    return result;
  }

  /** Pending commands; waits for the first one. */
  async pull(waitMs: number, gone: AbortSignal): Promise<Command[]> {
    this.#pulledAt = performance.now();
    const commands = this.runs.commands(this.limits.commandsPerPull);
    if (commands.length > 0 || waitMs === 0) return commands;
    await this.#waiters.wait(waitMs, gone);
    return gone.aborted ? [] : this.runs.commands(this.limits.commandsPerPull);
  }

  acknowledge(id: string): void {
    if (!this.runs.acknowledge(id)) throw new ProblemError(404, 'OPENCLAW_NO_COMMAND', `there is no command ${id}`);
    this.#metrics.pending.set(this.runs.pending());
  }

  tellPresence(presence: Presence): void {
    this.#presenceAt = performance.now();
    this.presence.tell(presence);
  }

  /** How the other layers look from here; for `/health`. */
  links(): Record<string, unknown> {
    return {
      session: { eventStreams: this.streams.size, presenceSecondsAgo: secondsSince(this.#presenceAt) },
      runtime: { lastPullSecondsAgo: secondsSince(this.#pulledAt) },
    };
  }

  /** Ends what would otherwise outlive a shutdown. */
  close(): void {
    this.#waiters.close();
    this.streams.close();
  }

  #committed(): void {
    this.#metrics.pending.set(this.runs.pending());
    this.#waiters.wake();
    this.streams.wake();
  }
}

function instruments(registry: Registry) {
  const metrics = {
    requests: instrument(registry, 'openclaw_gateway_run_requests_total'),
    reports: instrument(registry, 'openclaw_gateway_reports_total'),
    pending: instrument(registry, 'openclaw_gateway_commands_pending'),
    streams: instrument(registry, 'openclaw_gateway_event_streams'),
  };
  // Present from the first scrape on, so that the first increment is seen as one.
  for (const result of ['new', 'repeated']) metrics.requests.inc({ result }, 0);
  for (const result of ['new', 'duplicate', 'stale']) metrics.reports.inc({ result }, 0);
  metrics.streams.set(0);
  return metrics;
}

/** Null for never. */
function secondsSince(at: number | undefined): number | null {
  return at === undefined ? null : Math.round(performance.now() - at) / 1000;
}
