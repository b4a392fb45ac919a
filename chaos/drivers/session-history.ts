/** Reads a session's whole log over a fresh connection, as a monitor: what the server has kept. */
import { ChaosError } from '../errors.ts';
import { SessionConnection } from './session-connection.ts';
import type { Entry } from './session-frames.ts';

export interface HistoryRequest {
  readonly address: string;
  readonly token: string;
  readonly session: string;
  readonly epoch: string;
  readonly timeoutMs: number;
}

export interface History {
  readonly session: string;
  readonly epoch: string;
  readonly recovered: boolean;
  readonly entries: readonly Entry[];
}

/** Resolves when the newest offset that the welcome named has come; an empty history if the server knows the session no more. */
export async function readHistory({ address, token, session, epoch, timeoutMs }: HistoryRequest): Promise<History> {
  const entries: Entry[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Rejected with nobody waiting when opening fails first: that error is the one to tell.
  promise.catch(() => undefined);
  const timer = setTimeout(() => reject(incomplete(`after ${timeoutMs} ms`, entries)), timeoutMs);
  let newest = Number.POSITIVE_INFINITY;
  const hello = { token, kind: 'probe', events: 'own', session, epoch, after: 0 } as const;
  let connection: SessionConnection | undefined;
  try {
    connection = await SessionConnection.open(address, hello, timeoutMs, {
      onFrame: (frame) => {
        if (frame.type === 'welcome') newest = frame.recovered ? frame.offset : 0;
        if (frame.type === 'entry' && frame.offset <= newest) entries.push(frame);
        if ((entries.at(-1)?.offset ?? 0) >= newest) resolve();
      },
      onClose: (detail) => reject(incomplete(detail, entries)),
    });
    await promise;
    const { welcome } = connection;
    return { session: welcome.session, epoch: welcome.epoch, recovered: welcome.recovered, entries };
  } finally {
    clearTimeout(timer);
    connection?.terminate();
  }
}

function incomplete(why: string, entries: readonly Entry[]): ChaosError {
  return new ChaosError(
    'CHAOS_HISTORY',
    `the session's history was cut short (${entries.length} entries read): ${why}`,
  );
}
