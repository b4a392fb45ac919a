/** Undoes faults of links through the Toxiproxy API, the same on every platform, and checks that nothing of them is left. */
import { ChaosError } from '../errors.ts';
import type { ToxiproxyClient } from '../toxiproxy/client.ts';
import type { UndoStep } from './platform.ts';

export type LinkUndoStep = Extract<UndoStep, { readonly link: string }>;

/** Repeating it is harmless. Throws if the fault still stands. */
export async function undoLink(toxiproxy: ToxiproxyClient, step: LinkUndoStep): Promise<void> {
  if (step.do === 'enable-link') {
    await toxiproxy.setEnabled(step.link, true);
    if (!(await toxiproxy.isEnabled(step.link))) throw stillStands(`${step.link} is still down`);
    return;
  }
  await toxiproxy.removeToxic(step.link, step.toxic);
  if (await toxiproxy.hasToxic(step.link, step.toxic)) throw stillStands(`${step.toxic} is still on ${step.link}`);
}

function stillStands(what: string): ChaosError {
  return new ChaosError('CHAOS_NOT_UNDONE', what, { mend: 'run: npm run chaos -- recover' });
}
