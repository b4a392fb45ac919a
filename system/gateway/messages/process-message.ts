/** What becomes of a client's message: one whose body asks for a run of a skill has it accepted, once, by the message's identity. */
import type { Logger } from '../../layer/logger.ts';
import { ProblemError } from '../../layer/problem.ts';
import { failSpan, inSpan, traceparentOf } from '../../layer/spans.ts';
import { runMessage, type SessionMessage } from '../../layer/wire.ts';
import type { RunRequest } from '../runs/run-store.ts';

export type RequestResult = 'new' | 'repeated' | 'refused';

/**
 * Keeps the keys of messages apart from those of requests: no token has this name. Whoever may write into a session has a token, and
 * with it may ask for runs over HTTP as well: a message gives no right that was not there, as long as both layers have one home, and with
 * it the same tokens. Where they do not, a token of the session layer is one to ask for runs.
 */
const owner = 'session layer';

/** Undefined: it asked for nothing. `accept` throws a problem for a request that is refused; the message itself never is. */
export function processMessage(
  message: SessionMessage,
  accept: (request: RunRequest) => { readonly made: boolean },
  log: Logger,
): RequestResult | undefined {
  const { session, epoch, offset, id, body, traceparent = null } = message;
  // The batch came with messages of other traces.
  const batch = traceparentOf();
  const links = batch === undefined ? [] : [batch];
  const attributes = { 'openclaw.session.id': session, 'openclaw.message.id': id, 'openclaw.message.offset': offset };
  return inSpan('process message', { kind: 'consumer', parent: traceparent, links, attributes }, (span) => {
    const asked = runMessage.safeParse(body);
    if (!asked.success) return undefined;
    const { skill } = asked.data;
    span.setAttribute('openclaw.skill.name', skill);
    const idempotencyKey = JSON.stringify([session, epoch, offset]);
    try {
      const { made } = accept({ skill, session, owner, idempotencyKey, traceparent: traceparentOf(span) });
      return made ? 'new' : 'repeated';
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      failSpan(span, error);
      log.warn({ session, offset, skill, reason: error.message }, 'a message asks for a run, which is refused');
      return 'refused';
    }
  });
}
