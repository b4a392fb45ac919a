/** Pulls commands from the gateway by long poll: recorded in the ledger first, acknowledged then, so that none is lost and none runs twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { Logger } from '../../layer/logger.ts';
import type { Command } from '../../layer/wire.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Skill } from '../skills/skill-file.ts';

export interface CommandsOptions {
  readonly link: GatewayLink;
  readonly ledger: Ledger;
  readonly skills: () => ReadonlyMap<string, Skill>;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onCommand: () => void;
}

const waitMs = 1000;
/** The wait, and room for a gateway that answers seconds late: lateness is no outage. */
const timeoutMs = 5000;
/** Before asking again when an answer was of no use, and at least between two answers without a command. */
const pauseMs = 500;
const idleMs = 50;
const maxOpenRequests = 1000;

const answer = z.object({
  commands: z
    .array(
      z.object({
        id: z.string().min(1).max(200),
        kind: z.literal('run'),
        skill: z.string().min(1).max(200),
        session: z.string().nullable(),
        requestedAt: z.number().int(),
      }),
    )
    .max(1000),
});

/** Runs until the signal aborts, and then rejects with its reason. It is also what notices that the gateway is there or gone. */
export async function pullCommands(options: CommandsOptions): Promise<never> {
  const { link, ledger, log, signal } = options;
  for (;;) {
    await link.whenDialable(signal);
    try {
      // A link that is only being tried is to answer at once.
      const wait = link.reachable ? waitMs : 0;
      const { status, body } = await link.request('GET', `/v1/commands?waitMs=${wait}`, { timeoutMs, signal });
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

/** False if one could not be acknowledged: it will be pulled again. */
async function take(commands: readonly Command[], options: CommandsOptions): Promise<boolean> {
  // All before the first acknowledgement: a gateway that answers late must not hold up the others' runs.
  for (const command of commands) record(command, options);
  let settled = true;
  for (const command of commands) {
    const path = `/v1/commands/${encodeURIComponent(command.id)}/ack`;
    const { status } = await options.link.request('POST', path, { timeoutMs, signal: options.signal });
    settled &&= status < 300 || status === 404;
  }
  return settled;
}

function record(command: Command, { ledger, skills, onCommand }: CommandsOptions): void {
  const known = skills().has(command.skill);
  const fresh = known
    ? ledger.request(command)
    : ledger.refuse(command, `there is no usable skill "${command.skill}" here`, Date.now());
  if (fresh) onCommand();
}
