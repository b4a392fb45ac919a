/** Group commit: messages that arrive in one turn of the event loop share one transaction, so one wait for the disk. */
import type { NewMessage, StoredMessage } from './session-store.ts';

export interface PendingMessage extends NewMessage {
  /** Called after the commit. */
  readonly stored: (result: StoredMessage) => void;
  readonly failed: (error: unknown) => void;
}

export class MessageQueue {
  readonly #commit: (messages: readonly PendingMessage[]) => StoredMessage[];
  readonly #committed: (results: readonly StoredMessage[]) => void;
  #pending: PendingMessage[] = [];
  #scheduled: NodeJS.Immediate | undefined;

  /** `committed` is called after every `stored` of the batch, in the same turn. */
  constructor(
    commit: (messages: readonly NewMessage[]) => StoredMessage[],
    committed: (results: readonly StoredMessage[]) => void,
  ) {
    this.#commit = commit;
    this.#committed = committed;
  }

  /** What is pending is bounded by what sockets deliver in one turn: 64 KiB or one frame each. */
  push(message: PendingMessage): void {
    this.#pending.push(message);
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const batch = this.#pending.splice(0);
    if (batch.length === 0) return;
    let results: StoredMessage[];
    try {
      results = this.#commit(batch);
    } catch (error) {
      for (const message of batch) message.failed(error);
      return;
    }
    for (const [index, result] of results.entries()) batch[index]?.stored(result);
    this.#committed(results);
  }
}
