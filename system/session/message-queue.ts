/**
 * Group commit: messages that arrive in one turn of the event loop share one transaction, so one wait for the disk. A disk that
 * fails for a moment holds them up, in their order; one that fails for longer has them refused.
 */
import type { Limits } from './limits.ts';
import type { NewMessage, StoredMessage } from './store/session-store.ts';

export interface PendingMessage extends NewMessage {
  /** Called after the commit. */
  readonly stored: (result: StoredMessage) => void;
  readonly failed: (error: unknown) => void;
}

const tryAgainMs = 200;

type QueueLimits = Pick<Limits, 'uncommittedBytes' | 'uncommittedMs'>;

export class MessageQueue {
  readonly #commit: (messages: readonly NewMessage[]) => StoredMessage[];
  readonly #committed: (results: readonly StoredMessage[]) => void;
  readonly #limits: QueueLimits;
  #pending: PendingMessage[] = [];
  #bytes = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failingSince: number | undefined;

  /** `committed` is called after every `stored` of the batch, in the same turn. */
  constructor(
    commit: (messages: readonly NewMessage[]) => StoredMessage[],
    committed: (results: readonly StoredMessage[]) => void,
    limits: QueueLimits,
  ) {
    this.#commit = commit;
    this.#committed = committed;
    this.#limits = limits;
  }

  /** What is pending is bounded by what sockets deliver in one turn, 64 KiB or one frame each, and by the limits while the disk fails. */
  push(message: PendingMessage): void {
    this.#pending.push(message);
    this.#bytes += message.bodyJson.length;
    if (this.#retry === undefined) this.#scheduled ??= setImmediate(() => this.#flush());
    else if (this.#bytes > this.#limits.uncommittedBytes) this.flush();
  }

  /** Writes what is pending now, and refuses what cannot be written. */
  flush(): void {
    this.#failingSince = Number.NEGATIVE_INFINITY;
    this.#flush();
  }

  #flush(): void {
    clearImmediate(this.#scheduled);
    clearTimeout(this.#retry);
    this.#scheduled = undefined;
    this.#retry = undefined;
    const batch = this.#pending;
    let results: StoredMessage[] = [];
    try {
      if (batch.length > 0) results = this.#commit(batch);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#empty();
    for (const [index, result] of results.entries()) batch[index]?.stored(result);
    this.#committed(results);
  }

  #failed(error: unknown): void {
    this.#failingSince ??= performance.now();
    if (performance.now() - this.#failingSince < this.#limits.uncommittedMs) {
      this.#retry = setTimeout(() => this.#flush(), tryAgainMs);
      return;
    }
    const refused = this.#pending;
    this.#empty();
    for (const message of refused) message.failed(error);
  }

  #empty(): void {
    this.#pending = [];
    this.#bytes = 0;
    this.#failingSince = undefined;
  }
}
