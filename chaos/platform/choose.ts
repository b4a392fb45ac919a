/** `--platform auto`: the first platform, in the order of the registry, that has all it needs on this machine; and why it is that one. */
import type { Need, PlatformName, PlatformProvider } from './platform.ts';

export interface Candidate {
  readonly name: PlatformName;
  readonly needs: readonly Need[];
}

export interface Choice {
  readonly name: PlatformName;
  /** One sentence, to stand in parentheses after the name. */
  readonly why: string;
  /** False if no platform has all it needs; the one named is then the last, which needs least. */
  readonly usable: boolean;
}

/** What a platform runs the scenarios on, in a few words. */
export const platformTitles: Readonly<Record<PlatformName, string>> = {
  docker: 'containers, the real Toxiproxy and Prometheus',
  local: 'the same scenarios on child processes',
};

/** Asks one platform after the other, until one has all it needs. */
export async function choosePlatform(providers: readonly PlatformProvider[]): Promise<Choice> {
  const asked: Candidate[] = [];
  for (const provider of providers) {
    asked.push({ name: provider.name, needs: await needsOf(provider) });
    if (decide(asked).usable) break;
  }
  return decide(asked);
}

/** Pure. */
export function decide(candidates: readonly Candidate[]): Choice {
  const chosen = candidates.find(({ needs }) => unmet(needs).length === 0);
  const passedOver = candidates.slice(0, chosen === undefined ? undefined : candidates.indexOf(chosen));
  const reasons = passedOver.map(({ needs }) => reasonOf(unmet(needs)));
  const named = chosen ?? candidates.at(-1);
  if (named === undefined) throw new TypeError('there is no platform to choose from');
  return {
    name: named.name,
    why: [...reasons, ...(chosen ? [platformTitles[chosen.name]] : [])].join('; '),
    usable: chosen !== undefined,
  };
}

export async function needsOf(provider: PlatformProvider): Promise<readonly Need[]> {
  if (provider.needs !== undefined) return provider.needs();
  const found = await provider.check();
  return found.available
    ? [{ state: 'met', text: found.detail }]
    : [{ state: 'unmet', text: `no ${found.tried}`, mend: found.mend }];
}

export function unmet(needs: readonly Need[]): readonly Need[] {
  return needs.filter(({ state }) => state === 'unmet');
}

function reasonOf([first, ...others]: readonly Need[]): string {
  return `${first?.text}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}
