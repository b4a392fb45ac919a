/** What the gateway has on record: runs, and the messages of a session that were delivered to it. */
import { z } from 'zod';
import type { GatewayRun } from './books.ts';
import { readPages } from './pages.ts';

const runs = z
  .object({
    runs: z.array(z.object({ id: z.string(), state: z.string(), outcome: z.string().nullable() })),
    next: z.string().nullish(),
  })
  .transform(({ runs: items, next }) => ({ items, next }));

const messages = z
  .object({
    messages: z.array(z.object({ id: z.string(), epoch: z.string(), offset: z.int() })),
    next: z.string().nullish(),
  })
  .transform(({ messages: items, next }) => ({ items, next }));

/** By id. */
export async function readGatewayRuns(address: string, token: string): Promise<ReadonlyMap<string, GatewayRun>> {
  const all = await readPages(address, '/v1/runs', token, runs);
  return new Map(all.map((run) => [run.id, run]));
}

/** Ids of the messages, in the order in which the gateway took them. */
export async function readDelivered(address: string, token: string, session: string): Promise<readonly string[]> {
  const all = await readPages(address, `/v1/messages?session=${encodeURIComponent(session)}`, token, messages);
  return all.map(({ id }) => id);
}
