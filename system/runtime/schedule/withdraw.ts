/** What nobody wants any more: runs that have not begun, of skills that are disabled or gone. */
import type { Logger } from '../../layer/logger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import type { SkillSet } from '../skills/skill-folder.ts';

/**
 * Cancels the slots of a skill that is disabled, and every run of one that is gone, whose account is closed with it. A skill that is there
 * but cannot be used keeps its own: its file will be mended.
 */
export function withdraw(
  ledger: Ledger,
  log: Logger,
  { skills, problems, folderProblem }: Pick<SkillSet, 'skills' | 'problems' | 'folderProblem'>,
  now: number,
): void {
  const isGone = (name: string) => folderProblem === null && !skills.has(name) && !problems.has(name);
  const reasonOf = ({ skill, trigger }: QueuedRun) => {
    if (isGone(skill)) return 'the skill was removed';
    return trigger === 'schedule' && skills.get(skill)?.enabled === false ? 'the skill was disabled' : undefined;
  };
  const waiting = [...ledger.inState('claimed'), ...ledger.inState('deferred')];
  const unwanted = waiting.flatMap((run) => {
    const reason = reasonOf(run);
    return reason === undefined ? [] : [{ run: run.id, reason }];
  });
  ledger.together(() => {
    for (const name of ledger.accounts().filter(isGone)) ledger.closeAccount(name);
    for (const { run, reason } of unwanted) ledger.cancel(run, now, reason);
  });
  for (const cancelled of unwanted) log.warn(cancelled, 'cancelled');
}
