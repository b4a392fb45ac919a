/** The gateway without its HTTP: stores, who waits for their changes, and the counters. */
import type { ServerResponse } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import type { LayerContext } from '../layer/lifecycle.ts';
import { ProblemError } from '../layer/problem.ts';
import type { Command, GatewayEvent, Presence, RunReport, SessionMessage, SkillEntry } from '../layer/wire.ts';
import { pullCommands } from './commands/command-pull.ts';
import { CommandStore } from './commands/command-store.ts';
import { CommandWaiters } from './commands/command-waiters.ts';
import { EventLog } from './events/event-log.ts';
import { EventStreams } from './events/event-streams.ts';
import { instruments } from './instruments.ts';
import type { Limits } from './limits.ts';
import { MessageStore } from './messages/message-store.ts';
import { processMessage, type RequestResult } from './messages/process-message.ts';
import type { Run } from './runs/run.ts';
import { RunList } from './runs/run-list.ts';
import { type ReportResult, type RunRequest, RunStore } from './runs/run-store.ts';
import { SkillRecords } from './skills/skill-records.ts';
import { SkillStore } from './skills/skill-store.ts';
import { LastWord } from './status/last-word.ts';
import { PresenceBoard } from './status/presence-board.ts';
import { systemStatus } from './status/system-status.ts';
import { Storage } from './storage.ts';

export class GatewayCore {
  readonly limits: Limits;
  readonly skills: SkillStore;
  readonly runs: RunStore;
  readonly runList: RunList;
  readonly events: EventLog;
  readonly messages: MessageStore;
  readonly presence: PresenceBoard;
  readonly #streams: EventStreams;
  readonly #storage: Storage;
  readonly #commands: CommandStore;
  readonly #records: SkillRecords;
  readonly #waiters: CommandWaiters;
  readonly #session: LastWord;
  readonly #runtime: LastWord;
  readonly #log: LayerContext['log'];
  readonly #metrics;

  constructor(db: DatabaseSync, { registry, log }: Pick<LayerContext, 'registry' | 'log'>, limits: Limits) {
    const storage = new Storage(db, limits.storageRetryMs);
    this.limits = limits;
    this.#storage = storage;
    this.#log = log;
    this.#records = new SkillRecords(storage, 2 * limits.skills);
    this.skills = new SkillStore(storage, this.#records);
    this.events = new EventLog(db, limits.eventsKept);
    this.#commands = new CommandStore(storage, limits);
    const parts = { storage, events: this.events, commands: this.#commands, records: this.#records, limits };
    this.runs = new RunStore(parts);
    this.runList = new RunList(db);
    this.messages = new MessageStore(storage, limits);
    this.presence = new PresenceBoard(limits.presenceMs);
    this.#session = new LastWord(limits.presenceMs);
    this.#runtime = new LastWord(limits.runtimeSilentMs);
    this.#waiters = new CommandWaiters(limits.commandWaiters);
    this.#metrics = instruments(registry);
    this.#streams = new EventStreams(limits.eventStreams, (open) => this.#metrics.streams.set(open));
    this.#metrics.pending.set(this.pendingCommands());
  }

  /** Asks for a run now. Throws a problem if there is no such skill or it cannot run. */
  accept(request: RunRequest): { readonly run: Run; readonly made: boolean } {
    try {
      const accepted = this.#accept(request);
      this.#metrics.requests.inc({ result: accepted.made ? 'new' : 'repeated' });
      if (accepted.made) this.#committed();
      return accepted;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) this.#metrics.requests.inc({ result: 'refused' });
      throw error;
    }
  }

  /** Asks the runtime to end a run. Throws a problem if there is none, or it has ended. */
  cancel(id: string, traceparent?: string): Run {
    const { run, made } = this.runs.cancel(id, Date.now(), traceparent);
    this.#metrics.cancels.inc({ result: made ? 'new' : 'repeated' });
    if (made) this.#committed();
    return run;
  }

  report(report: RunReport, traceparent?: string): ReportResult {
    this.#runtime.say();
    const result = this.runs.report(report, Date.now(), traceparent);
    this.#metrics.reports.inc({ result });
    if (result === 'new') this.#committed();
    return result;
  }

  tellSkills(skills: readonly SkillEntry[]): void {
    this.#runtime.say();
    this.skills.replace(skills);
  }

  /** Pending commands, leased to the holder; waits for the first one. */
  async pull(holder: string, waitMs: number, gone: AbortSignal): Promise<Command[]> {
    this.#runtime.begin();
    try {
      const atMost = this.limits.commandsPerPull;
      return await pullCommands(this.#commands, this.#waiters, { holder, waitMs, gone, atMost });
    } finally {
      this.#runtime.end();
    }
  }

  acknowledge(id: string): void {
    this.#runtime.say();
    if (!this.#commands.acknowledge(id))
      throw new ProblemError(404, 'OPENCLAW_NO_COMMAND', `there is no command ${id}`);
    this.#metrics.pending.set(this.pendingCommands());
  }

  pendingCommands(): number {
    return this.#commands.pending();
  }

  tellPresence(presence: Presence): void {
    this.#session.say();
    this.presence.tell(presence);
  }

  /** How many of them were not here yet. What they ask for is accepted in the commit that stores them, so once, whoever dies when. */
  deliver(messages: readonly SessionMessage[]): number {
    this.#session.say();
    const asked: RequestResult[] = [];
    const fresh = this.messages.add(messages, (message) => {
      const result = processMessage(message, (request) => this.#accept(request), this.#log);
      if (result !== undefined) asked.push(result);
    });
    for (const result of asked) this.#metrics.requests.inc({ result });
    if (asked.includes('new')) this.#committed();
    this.#metrics.messages.inc({ result: 'new' }, fresh);
    this.#metrics.messages.inc({ result: 'duplicate' }, messages.length - fresh);
    return fresh;
  }

  /** How the other layers look from here; for `/health`. */
  links(): Record<string, unknown> {
    return {
      session: { eventStreams: this.#streams.size, lastWordSecondsAgo: this.#session.describe().ageSeconds },
      runtime: { openPulls: this.#waiters.size, lastWordSecondsAgo: this.#runtime.describe().ageSeconds },
    };
  }

  /** What the gateway does less well than it should; empty while all is well. */
  troubles(): string[] {
    const { failure } = this.#storage;
    return failure === undefined ? [] : [failure];
  }

  status(): ReturnType<typeof systemStatus> {
    return systemStatus({
      session: this.#session,
      runtime: this.#runtime,
      troubles: this.troubles(),
      skills: this.skills.list(),
      record: (skill) => this.#records.get(skill),
      settleMs: this.limits.runtimeSettleMs,
    });
  }

  /** Sends a reader the events after an id, now and as they come. */
  follow(reader: ServerResponse, after: number, wanted?: (event: GatewayEvent) => boolean): void {
    this.#streams.open(reader, {
      after,
      read: (id) => this.events.after(id, this.limits.eventBatch),
      oldest: () => this.events.oldest(),
      ...(wanted && { wanted }),
      heartbeatMs: this.limits.streamHeartbeatMs,
      slowReaderMs: this.limits.slowReaderMs,
    });
  }

  /** Ends what would otherwise outlive a shutdown. */
  drain(): void {
    this.#waiters.close();
    this.#streams.close();
  }

  close(): void {
    this.#storage.close();
  }

  #accept(request: RunRequest): { readonly run: Run; readonly made: boolean } {
    // A request that was accepted stays so, whatever has become of the skill since.
    if (this.runs.known(request) === undefined) this.skills.refuseUnrunnable(request.skill);
    return this.runs.accept(request);
  }

  #committed(): void {
    this.#metrics.pending.set(this.pendingCommands());
    this.#waiters.wake();
    this.#streams.wake();
  }
}
