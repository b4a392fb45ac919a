/** Messages per second through the session layer, each acknowledged when it is on disk, and how long one takes to be. */
import { randomUUID } from 'node:crypto';
import { SessionClient } from '../../drivers/session-client.ts';
import { startTrace } from '../../drivers/trace-start.ts';
import { ownAddress } from '../system/own-address.ts';
import type { Variant } from './variants.ts';

const node = 'session';
const messages = 2_000;
/** Not acknowledged yet: enough to keep the layer busy. */
const underWay = 50;

export interface Throughput {
  readonly perSecond: number;
  /** From sent to acknowledged. */
  readonly latenciesMs: readonly number[];
}

/** Each message is the beginning of a trace that asks to be sampled, in every variant. */
export async function measureThroughput({ stand }: Variant): Promise<Throughput> {
  const address = await ownAddress(stand, node);
  const sentMs = new Map<string, number>();
  const latenciesMs: number[] = [];
  const connected = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  using client = new SessionClient({
    address: () => address,
    token: stand.token,
    events: 'own',
    onConnect: () => connected.resolve(),
    onAck: (id) => {
      latenciesMs.push(performance.now() - (sentMs.get(id) ?? Number.NaN));
      if (sentMs.size < messages) post();
      else if (latenciesMs.length === messages) done.resolve();
    },
  });
  const post = () => {
    const id = randomUUID();
    sentMs.set(id, performance.now());
    client.post(id, { number: sentMs.size }, startTrace().traceparent);
  };
  await connected.promise;
  const startedMs = performance.now();
  for (let count = 0; count < underWay; count += 1) post();
  await done.promise;
  return { perSecond: (messages / (performance.now() - startedMs)) * 1_000, latenciesMs };
}
