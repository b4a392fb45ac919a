/** Asks for a run and follows it to its end; whether somebody follows it makes no difference to the run. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Operated } from './addresses.ts';
import { type Answer, ask } from './ask.ts';
import { CommandError, invalid } from './command.ts';
import { nobodyAnswers, type Run, run, whyNot } from './runs-of.ts';

const timeoutMs = 5000;
const askWithinMs = 10_000;
const pollMs = 300;
const accepted = z.object({ run });
const bare = z.union([accepted.transform((body) => body.run), run]);

/** Sent again under the same key until it is answered, so it is one run however often it was heard. Throws CommandError. */
export async function requestRun({ urls, token }: Operated, skill: string): Promise<Run> {
  const url = `${urls.gateway}/v1/skills/${encodeURIComponent(skill)}/runs`;
  const question = {
    timeoutMs,
    token,
    method: 'POST',
    body: {},
    headers: { 'idempotency-key': randomUUID() },
  } as const;
  const until = performance.now() + askWithinMs;
  for (;;) {
    const answer = await ask(url, question);
    const told = answer.ok && answer.status < 300 ? accepted.safeParse(answer.body).data : undefined;
    if (told !== undefined) return told.run;
    const isOver = performance.now() > until || refusedConnection(answer);
    if (answer.ok && answer.status < 500 && answer.status !== 429)
      throw new CommandError(whyNot('gateway', answer), invalid);
    if (isOver) throw new CommandError(`${whyNot('gateway', answer)}: no run was asked for`, nobodyAnswers);
    await sleep(pollMs);
  }
}

/** Resolves to the finished run; asks the runtime's ledger while the gateway does not answer. `told`: each change of its state. */
export async function followRun({ urls, token }: Operated, id: string, told: (run: Run) => void): Promise<Run> {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  for (let before = ''; ; await sleep(pollMs)) {
    const seen =
      found(await ask(urls.gateway + path, { timeoutMs, token })) ??
      found(await ask(urls.runtime + path, { timeoutMs, token }));
    if (seen === undefined) continue;
    const now = `${seen.state} ${seen.attempt}`;
    if (now !== before) told(seen);
    before = now;
    if (seen.state === 'finished') return seen;
  }
}

function found(answer: Answer): Run | undefined {
  return answer.ok && answer.status === 200 ? bare.safeParse(answer.body).data : undefined;
}

/** Nothing listens: it was not heard, and trying on would only keep somebody waiting. */
function refusedConnection(answer: Answer): boolean {
  return !answer.ok && answer.why.includes('nothing listens');
}
