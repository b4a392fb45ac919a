/** Pulls commands from the gateway by long poll: recorded in the ledger first, acknowledged then, so that none is lost and none runs twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { Logger } from '../../layer/logger.ts';
import { failSpan, inSpan, traceparentOf } from '../../layer/spans.ts';
import { type Command, command as commandSchema } from '../../layer/wire.ts';
import type { Ledger } from '../ledger/ledger.ts';

export interface CommandsOptions {
  readonly link: Pick<GatewayLink, 'request' | 'whenDialable' | 'reachable'>;
  readonly ledger: Pick<Ledger, 'holder' | 'get' | 'request' | 'refuse' | 'openRequests'>;
  /** Whether there is a skill of that name that can run. */
  readonly knows: (skill: string) => boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A run was put into the queue of the skill. */
  readonly onRequest: (skill: string) => void;
  readonly onCancel: (run: string) => void;
}

const waitMs = 1000;
/** The wait, and room for a gateway that answers seconds late: lateness is no outage. */
const timeoutMs = 5000;
/** Before asking again when an answer was of no use, and at least between two answers without a command. */
const pauseMs = 500;
const idleMs = 50;
const maxOpenRequests = 1000;

const answer = z.object({ commands: z.array(z.unknown()).max(1000) });

/** Runs until the signal aborts, and then rejects with its reason. It is also what notices that the gateway is there or gone. */
export async function pullCommands(options: CommandsOptions): Promise<never> {
  const { link, ledger, log, signal } = options;
  const holder = encodeURIComponent(ledger.holder);
  for (;;) {
    await link.whenDialable(signal);
    try {
      // A link that is only being tried is to answer at once.
      const wait = link.reachable ? waitMs : 0;
      const path = `/v1/commands?waitMs=${wait}&holder=${holder}`;
      const { status, body } = await link.request('GET', path, { timeoutMs, signal, traced: false });
      const parsed = status === 200 ? answer.safeParse(body) : undefined;
      if (!parsed?.success) log.warn({ status, problem: parsed?.error.message }, 'commands could not be pulled');
      const settled = parsed?.success === true && (await take(parsed.data.commands, options));
      await sleep(settled ? idleMs : pauseMs, undefined, { signal });
      if (ledger.openRequests() >= maxOpenRequests) await sleep(waitMs, undefined, { signal });
    } catch (error) {
      if (!(error instanceof GatewayUnreachable)) throw error;
    }
  }
}

/** False if one could not be taken and acknowledged: it will be pulled again. */
async function take(given: readonly unknown[], options: CommandsOptions): Promise<boolean> {
  const commands = given.flatMap((value) => understood(value, options.log) ?? []);
  // All before the first acknowledgement: a gateway that answers late must not hold up the others' runs.
  const recorded = commands.flatMap((command) => record(command, options) ?? []);
  let settled = recorded.length === given.length;
  for (const { id, traceparent: parent = null } of recorded) {
    const path = `/v1/commands/${encodeURIComponent(id)}/ack`;
    const trace = { route: '/v1/commands/:id/ack', parent };
    const { status } = await options.link.request('POST', path, { timeoutMs, signal: options.signal, ...trace });
    settled &&= status < 300 || status === 404;
  }
  return settled;
}

/** One that makes no sense, perhaps to a newer runtime, is not acknowledged, and holds up no other. */
function understood(value: unknown, log: Logger): Command | undefined {
  const parsed = commandSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  log.warn(
    { command: value, problem: z.prettifyError(parsed.error) },
    'a command that is not understood is left alone',
  );
  return undefined;
}

type Recorded = Pick<Command, 'id' | 'traceparent'>;

/** Undefined if it could not be recorded; then it must not be acknowledged. */
function record(command: Command, options: CommandsOptions): Recorded | undefined {
  const { ledger, log, onRequest } = options;
  try {
    // Pulled again: its acknowledgement did not come through.
    if (command.kind === 'run' && ledger.get(command.id) !== undefined) return command;
    const { fresh, ...recorded } = process(command, options);
    // Not within the span: what is started now may be another run.
    if (fresh) onRequest(command.skill);
    return recorded;
  } catch (error) {
    log.error({ err: error, command: command.id }, 'a command could not be recorded');
    return undefined;
  }
}

function process(command: Command, { ledger, knows, onCancel }: CommandsOptions): Recorded & { fresh: boolean } {
  const { id, kind, skill } = command;
  const attributes = { 'openclaw.command.kind': kind, 'openclaw.skill.name': skill, 'openclaw.run.id': runOf(command) };
  return inSpan('process command', { kind: 'consumer', parent: command.traceparent ?? null, attributes }, (span) => {
    const traceparent = traceparentOf(span);
    if (command.kind === 'cancel') {
      onCancel(command.run);
      return { id, traceparent, fresh: false };
    }
    const request = { ...command, traceparent };
    if (knows(skill)) return { id, traceparent, fresh: ledger.request(request) };
    const reason = `there is no usable skill "${skill}" here`;
    ledger.refuse(request, reason, Date.now());
    failSpan(span, reason);
    return { id, traceparent, fresh: false };
  });
}

function runOf(command: Command): string {
  return command.kind === 'cancel' ? command.run : command.id;
}
