/** Notices skills that are added, changed or removed, within two seconds, by looking: that works on every file system. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SkillSet } from './skill-folder.ts';
import type { SkillLoader } from './skill-loader.ts';

export interface SkillWatcherOptions {
  readonly loader: Pick<SkillLoader, 'load' | 'unsettled'>;
  /** What is in use already. */
  readonly current: SkillSet;
  readonly onChange: (skills: SkillSet) => void;
  readonly signal: AbortSignal;
}

const rescanMs = 1000;
/** After something was found in the middle of a change. */
const settleMs = 250;

/** Runs until the signal aborts, and then rejects with its reason. */
export async function watchSkills({ loader, current, onChange, signal }: SkillWatcherOptions): Promise<never> {
  for (let { fingerprint } = current; ; ) {
    await sleep(loader.unsettled ? settleMs : rescanMs, undefined, { signal });
    const next = await loader.load();
    signal.throwIfAborted();
    if (next.fingerprint === fingerprint) continue;
    fingerprint = next.fingerprint;
    onChange(next);
  }
}
