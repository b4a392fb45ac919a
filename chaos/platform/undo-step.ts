/** Carries out an undo step on a platform, and checks that nothing of the fault is left. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../errors.ts';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { putBack } from './kept-file.ts';
import type { Platform, UndoStep } from './platform.ts';

type Target = Pick<
  Platform,
  'toxiproxyUrl' | 'process' | 'signal' | 'signalSupervisor' | 'raise' | 'incarnation' | 'home' | 'disks'
>;

const continuedWithinMs = 2_000;

/** Repeating it is harmless. Throws if the fault still stands. */
export async function undoStep(platform: Target, step: UndoStep): Promise<void> {
  const toxiproxy = toxiproxyOf(platform);
  switch (step.do) {
    case 'enable-link':
      await toxiproxy.setEnabled(step.link, true);
      if (!(await toxiproxy.isEnabled(step.link))) throw stillStands(`${step.link} is still down`);
      return;
    case 'remove-toxic':
      await toxiproxy.removeToxic(step.link, step.toxic);
      if (await toxiproxy.hasToxic(step.link, step.toxic)) throw stillStands(`${step.toxic} is still on ${step.link}`);
      return;
    case 'continue-process':
      return continueProcess(platform, step.node);
    case 'raise-node':
      await platform.raise(step.node);
      if ((await platform.incarnation(step.node)) === undefined) throw stillStands(`${step.node} is still down`);
      return;
    case 'continue-supervisor':
      // A node that is down has no supervisor that hangs.
      if ((await platform.incarnation(step.node)) !== undefined) await platform.signalSupervisor(step.node, 'SIGCONT');
      return;
    case 'free-disks':
      // Without disks of its own, nothing of a node's was filled.
      return platform.disks?.free(step.node);
    case 'reset-clock':
      return rm(join(platform.home(step.node), step.file), { force: true });
    case 'restore-file':
      return putBack(join(platform.home(step.node), step.backup), join(platform.home(step.node), step.file));
  }
}

async function continueProcess(platform: Target, node: string): Promise<void> {
  // A process that is gone does not hang any more.
  if ((await platform.process(node)) === undefined) return;
  await platform.signal(node, 'SIGCONT');
  const deadline = performance.now() + continuedWithinMs;
  while ((await platform.process(node))?.state === 'T') {
    if (performance.now() > deadline) throw stillStands(`the process of ${node} is still stopped`);
    await sleep(50);
  }
}

function stillStands(what: string): ChaosError {
  return new ChaosError('CHAOS_NOT_UNDONE', what, { mend: 'run: npm run chaos -- recover' });
}
