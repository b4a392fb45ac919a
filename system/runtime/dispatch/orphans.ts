/** Processes that a run left behind, in a session of their own perhaps: a run's processes end with it. */
import type { Logger } from '../../layer/logger.ts';
import { kill, processesOfRuns } from '../attempt/process-marks.ts';

/** Ends every process of a run that is not under way, or of an earlier attempt of it. */
export function endOrphans(home: string, running: readonly { id: string; attempt: number }[], log: Logger): void {
  const current = new Map(running.map(({ id, attempt }) => [id, attempt]));
  for (const { pid, run, attempt } of processesOfRuns(home)) {
    if (current.get(run) === attempt) continue;
    log.warn({ pid, run, attempt }, 'a process that outlived its run is ended');
    kill(pid);
  }
}
