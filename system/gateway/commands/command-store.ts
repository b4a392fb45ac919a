/** What the runtime is to do: commands on disk, in order, until it acknowledges them. */
import { ProblemError } from '../../layer/problem.ts';
import type { Command } from '../../layer/wire.ts';
import type { Limits } from '../limits.ts';
import type { Storage } from '../storage.ts';
import { Leases } from './leases.ts';

interface CommandRow {
  readonly number: number;
  readonly id: string;
  readonly kind: Command['kind'];
  readonly run: string;
  readonly skill: string;
  readonly session: string | null;
  readonly requested_at: number;
  readonly traceparent: string | null;
}

type NewCommand = Omit<CommandRow, 'number' | 'requested_at' | 'traceparent'> & {
  readonly requestedAt: number;
  readonly traceparent?: string | undefined;
};

/** The runtime takes commands within seconds, if it is there. */
const retryAfterSeconds = 5;
const forgetEvery = 100;

export class CommandStore {
  readonly #storage: Storage;
  readonly #limits: Limits;
  readonly #leases: Leases;
  readonly #statements;

  constructor(storage: Storage, limits: Limits) {
    this.#storage = storage;
    this.#limits = limits;
    this.#leases = new Leases(limits.commandLeaseMs);
    this.#statements = prepare(storage);
  }

  /** To be called inside the transaction that makes it true. */
  add(command: NewCommand): void {
    const row = { ...command, traceparent: command.traceparent ?? null };
    const number = Number(this.#statements.insert.run(row).lastInsertRowid);
    if (number % forgetEvery === 0) this.#statements.forget.run(number - this.#limits.commandsKept);
  }

  /** Leases what is pending to this holder, oldest first. */
  take(holder: string, limit: number, now = performance.now()): Command[] {
    const taken: Command[] = [];
    const withheld = new Set<string>();
    for (const row of this.#statements.pendingRows.iterate() as unknown as Iterable<CommandRow>) {
      // Whoever holds the command for the run gets what follows it too: nobody else knows the run.
      if (withheld.has(row.run) || !this.#leases.take(row.id, holder, now)) withheld.add(row.run);
      else taken.push(commandOf(row));
      if (taken.length >= limit) break;
    }
    return taken;
  }

  /** Milliseconds until a command that is hidden from this holder may be given to it; undefined if none is. */
  freeIn(holder: string, now = performance.now()): number | undefined {
    return this.#leases.freeIn(holder, now);
  }

  /** False if there is no such command. */
  acknowledge(id: string): boolean {
    const found = this.#storage.commit(() => this.#statements.acknowledge.run(id).changes > 0);
    this.#leases.end(id);
    return found;
  }

  /** The command arrived, as something else shows; to be called inside a transaction. */
  settle(id: string): void {
    if (this.#statements.settle.run(id).changes > 0) this.#leases.end(id);
  }

  pending(): number {
    return Number(this.#statements.pending.get()?.count);
  }

  /** Throws a 429 problem if too many wait for the runtime. To cancel is possible for longer than to ask for more. */
  refuseMany(kind: Command['kind']): void {
    const limit = this.#limits.pendingCommands * (kind === 'cancel' ? 2 : 1);
    if (this.pending() < limit) return;
    const detail = `${limit} commands wait for the runtime: ask again when it has taken some`;
    throw new ProblemError(429, 'OPENCLAW_TOO_MANY_COMMANDS', detail, [], retryAfterSeconds);
  }
}

function prepare({ db }: Storage) {
  return {
    insert: db.prepare(`
      INSERT INTO command (id, kind, run, skill, session, requested_at, traceparent, pending)
      VALUES (:id, :kind, :run, :skill, :session, :requestedAt, :traceparent, 1)`),
    pendingRows: db.prepare('SELECT * FROM command WHERE pending = 1 ORDER BY number'),
    pending: db.prepare('SELECT count(*) AS count FROM command WHERE pending = 1'),
    acknowledge: db.prepare('UPDATE command SET pending = 0 WHERE id = ?'),
    settle: db.prepare('UPDATE command SET pending = 0 WHERE id = ? AND pending = 1'),
    forget: db.prepare('DELETE FROM command WHERE number <= ? AND pending = 0'),
  };
}

function commandOf({ id, kind, run, skill, session, requested_at: requestedAt, traceparent }: CommandRow): Command {
  const queued = { id, skill, session, requestedAt, ...(traceparent !== null && { traceparent }) };
  return kind === 'cancel' ? { ...queued, kind, run } : { ...queued, kind };
}
