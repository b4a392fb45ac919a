/** What to do when the server closes the connection, by close code; those not listed here mean: dial again. */
import type { closeCodes } from '../session/protocol.ts';

type Ours = typeof closeCodes;

/** `stop`: for good. `forget`: go on with a new session. `resume`: at once, where reading stopped. */
type Reaction = 'stop' | 'forget' | 'resume';

/** The server's own codes, each with a reaction; the compiler holds this to the protocol. */
const ours: { readonly [K in keyof Ours as Ours[K]]: Reaction | 'retry' } = {
  4400: 'stop',
  4401: 'stop',
  4403: 'stop',
  4404: 'forget',
  4406: 'stop',
  4408: 'retry',
  4409: 'stop',
  4413: 'resume',
  4429: 'retry',
};
/** RFC 6455: not UTF-8, too big. The same frame would be sent again and again. */
const standard: Readonly<Record<number, Reaction>> = { 1007: 'stop', 1009: 'stop' };

export function reactionTo(code: number): Reaction | 'retry' {
  return { ...standard, ...(ours as Readonly<Record<number, Reaction>>) }[code] ?? 'retry';
}
