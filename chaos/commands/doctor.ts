/** `doctor`: what each platform would need on this machine, and whether it has it. Starts nothing. */
import { exitCodes } from '../exit-codes.ts';
import { decide, needsOf, unmet } from '../platform/choose.ts';
import { platforms } from '../platform/registry.ts';
import { thisMachine, workersFor } from '../run/worker-count.ts';
import { doctorLines } from '../terminal/doctor-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { machineTools, referenceServers } from './programs.ts';

/** 0 if any platform can run here. */
export async function examine({ lines, columns, colors }: Terminal): Promise<number> {
  const [needs, tools, references] = await Promise.all([
    Promise.all(Object.values(platforms).map(async (each) => ({ name: each.name, needs: await needsOf(each) }))),
    machineTools(),
    referenceServers(),
  ]);
  const machine = thisMachine();
  const usable = needs.filter((platform) => unmet(platform.needs).length === 0);
  const workers = usable.map(({ name }) => ({ name, workers: workersFor(machine, name) }));
  const choice = decide(needs);
  lines(doctorLines({ platforms: needs, choice, machine, tools, workers, references }, columns, colors));
  return choice.usable ? 0 : exitCodes.invalid;
}
