/** Ten thousand idle sessions, and a thousand that come back at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { type Figure, milliseconds, quantile } from './figure.ts';
import { healthLatencies } from './latency-watch.ts';
import { residentBytes } from './memory.ts';
import { ownAddress } from './own-address.ts';
import type { Stand } from './stand.ts';

const idleSessions = 10_000;
const stormSessions = 1_000;
const joiningAtOnce = 50;
const settleMs = 3_000;
const idleWatchMs = 5_000;
const node = 'session';

/** Past every proxy: it is the layer that is measured. */
export async function measureSessions(stand: Stand): Promise<Figure[]> {
  const { platform, token } = stand;
  const health = await ownAddress(stand, node);
  const address = () => health;
  // At rest first: memory that a storm took would be there already.
  const idle = await measureIdle(platform, health, address, token);
  const storm = await measureStorm(health, address, token);
  return [...storm, ...idle];
}

async function measureStorm(health: string, address: () => string, token: string): Promise<Figure[]> {
  using crowd = new Crowd(address, token);
  await crowd.grow(stormSessions, joiningAtOnce);
  crowd.cut();
  const startedMs = performance.now();
  let tookMs = 0;
  const latencies = await healthLatencies(health, async () => {
    await crowd.resume();
    tookMs = performance.now() - startedMs;
  });
  const slowest = Math.max(...latencies);
  return [
    {
      what: `${stormSessions} sessions cut at once → all resumed`,
      measured: `${milliseconds(tookMs)}, ${crowd.notRecovered} not recovered, ${crowd.refusals} tries refused`,
      goal: '≤ 5 s, 0',
      met: tookMs <= 5_000 && crowd.notRecovered === 0,
    },
    {
      what: '… health meanwhile, slowest answer',
      measured: milliseconds(slowest),
      goal: '≤ 100 ms',
      met: slowest <= 100,
    },
  ];
}

async function measureIdle(
  platform: Stand['platform'],
  health: string,
  address: () => string,
  token: string,
): Promise<Figure[]> {
  const before = await residentBytes(platform, node);
  using crowd = new Crowd(address, token);
  const quietLatencies = await healthLatencies(health, () => delay(idleWatchMs));
  await crowd.grow(idleSessions, joiningAtOnce);
  await delay(settleMs);
  const each = ((await residentBytes(platform, node)) - before) / idleSessions;
  const latencies = await healthLatencies(health, () => delay(idleWatchMs));
  return [
    {
      what: `${idleSessions} idle sessions, memory each`,
      measured: `${(each / 1000).toFixed(1)} kB`,
      goal: '≤ 30 kB',
      met: each <= 30_000,
    },
    {
      what: '… health meanwhile, p99',
      measured: milliseconds(quantile(latencies, 0.99)),
      beside: `${milliseconds(quantile(quietLatencies, 0.99))} (no sessions)`,
      ratio: quantile(latencies, 0.99) / quantile(quietLatencies, 0.99),
    },
  ];
}
