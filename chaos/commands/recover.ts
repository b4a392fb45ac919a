/** `recover`: removes what killed runs left behind, on every platform that answers. */
import { exitCodes } from '../exit-codes.ts';
import { platforms } from '../platform/registry.ts';
import type { Terminal } from '../terminal/terminal.ts';

export async function recoverRuns(run: string | undefined, { line, problem }: Terminal): Promise<number> {
  let unreachable = 0;
  let removed = 0;
  for (const provider of Object.values(platforms)) {
    const availability = await provider.check();
    if (!availability.available) {
      unreachable++;
      problem(`platform ${provider.name} does not answer; tried ${availability.tried}\n  ${availability.mend}`);
      continue;
    }
    const said = await provider.recover(run);
    removed += said.length;
    for (const text of said) line(text);
  }
  if (removed === 0 && unreachable === 0)
    line(run === undefined ? 'nothing was left behind' : `nothing of ${run} is left`);
  return unreachable > 0 ? exitCodes.invalid : 0;
}
