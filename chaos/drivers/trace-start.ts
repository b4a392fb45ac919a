/** The beginning of a trace, as W3C Trace Context: what a user's request is a part of. The user sends no span of its own. */
import { randomBytes } from 'node:crypto';

export interface TraceStart {
  /** Names the trace. */
  readonly trace: string;
  /** To be sent along; it asks to be sampled. */
  readonly traceparent: string;
}

export function startTrace(): TraceStart {
  const trace = idOf(16);
  return { trace, traceparent: `00-${trace}-${idOf(8)}-01` };
}

/** Ids of zeros are none; a first digit that is never 0 rules them out. */
function idOf(bytes: number): string {
  const id = randomBytes(bytes);
  id[0] = (id[0] ?? 0) | 0x10;
  return id.toString('hex');
}
