/** Labels on everything that a run makes: by them it is found again, whoever looks. */
import { harnessName } from '../harness-process.ts';

export const runLabel = 'openclaw-chaos.run';
/** The harness process that made it, as `harnessName()` gives it. */
export const harnessLabel = 'openclaw-chaos.harness';
/** Absolute path of the run's folder. */
export const folderLabel = 'openclaw-chaos.folder';
/** On images, which outlive runs. */
export const imageLabel = 'openclaw-chaos.image';

/** Name of the network that a run's containers share. */
export function networkOf(runId: string): string {
  return `openclaw-chaos-${runId}`;
}

export function labelsOf(request: { readonly runId: string; readonly runDir: string }): Record<string, string> {
  return { [runLabel]: request.runId, [harnessLabel]: harnessName(), [folderLabel]: request.runDir };
}
