/** Decides whether a client's log can be continued, and from where. Pure. */
import type { ServerFrame } from './protocol.ts';

type ResumeReason = NonNullable<Extract<ServerFrame, { type: 'welcome' }>['reason']>;

/** `from`: the offset after which entries follow. */
export type ResumePlan =
  | { readonly recovered: true; readonly from: number }
  | { readonly recovered: false; readonly reason: ResumeReason; readonly from: number };

interface Position {
  readonly session?: string;
  readonly epoch?: string;
  readonly after?: number;
}

interface Log {
  readonly epoch: string;
  /** Newest offset. */
  readonly offset: number;
  /** Newest offset that was trimmed; 0 for none. */
  readonly floor: number;
}

export function planResume(hello: Position, log: Log | undefined): ResumePlan {
  if (hello.session === undefined) return { recovered: false, reason: 'new-session', from: 0 };
  if (log === undefined) return { recovered: false, reason: 'unknown-session', from: 0 };
  const after = hello.after ?? 0;
  const fromHeadBecause = (reason: ResumeReason): ResumePlan => ({ recovered: false, reason, from: log.offset });
  // An offset means something in its own epoch only; a client that has seen nothing needs none.
  const epoch = hello.epoch ?? (after === 0 ? log.epoch : undefined);
  if (epoch !== log.epoch) return fromHeadBecause('epoch-changed');
  if (after > log.offset) return fromHeadBecause('offset-unknown');
  if (after < log.floor) return fromHeadBecause('trimmed');
  return { recovered: true, from: after };
}
