/** `list`: what there is to run, and where. */
import { faults } from '../faults/registry.ts';
import { builtInScenarios, loadManifest, loadScenarios, manifestNames } from '../input/load.ts';
import { BadInput } from '../input/problem.ts';
import { platforms } from '../platform/registry.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defaultTarget, root } from './prepare.ts';

export async function listAll({ line, colors }: Terminal): Promise<number> {
  const targets = await Promise.all((await manifestNames(root)).map((name) => loadManifest(name, root)));
  const problems = targets.flatMap((target) => target.problems);
  const manifests = targets.flatMap(({ loaded }) => loaded ?? []);
  // What a scenario must fit is the target that it is run against unless another is named.
  const reference = manifests.find(({ name }) => name === defaultTarget);
  if (reference === undefined) throw new BadInput(problems);
  const scenarios = await loadScenarios([], reference, root);
  const builtIn = await loadScenarios(Object.keys(builtInScenarios), reference, root);
  line(colors.bold('Scenarios'));
  for (const { name, scenario } of [...scenarios.loaded, ...builtIn.loaded])
    line(`  ${name.padEnd(20)} ${scenario.title}`);
  line(colors.bold('Targets'));
  for (const { name, title } of manifests) line(`  ${name.padEnd(20)} ${title}`);
  line(colors.bold('Platforms'));
  line(`  ${Object.keys(platforms).join(', ')}`);
  line(colors.bold('Faults'));
  line(`  ${Object.keys(faults).join(', ')}`);
  problems.push(...scenarios.problems, ...builtIn.problems);
  if (problems.length > 0) throw new BadInput(problems);
  return 0;
}
