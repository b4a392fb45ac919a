/** Cuts links for a moment, at random, through Toxiproxy: open connections end, new ones are refused until the link is back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Platform } from '../platform/platform.ts';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import type { Chance } from './chance.ts';

const longestPauseMs = 3_000;
const longestCutMs = 400;

/** Goes on until the signal aborts; every link is whole when it resolves with the number of cuts. */
export async function dropAtRandom(
  links: readonly [string, ...string[]],
  platform: Platform,
  chance: Chance,
  signal: AbortSignal,
): Promise<number> {
  const toxiproxy = toxiproxyOf(platform);
  let cuts = 0;
  for (;;) {
    const stopped = await delay(chance.between(200, longestPauseMs), false, { signal }).catch(() => true);
    if (stopped) return cuts;
    const link = chance.pick(links);
    await toxiproxy.setEnabled(link, false);
    await delay(chance.between(20, longestCutMs));
    await toxiproxy.setEnabled(link, true);
    cuts += 1;
  }
}
