/** From names on the command line to plans that can be run: everything is loaded and validated before anything is started. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { loadManifest, loadScenarios } from '../input/load.ts';
import { BadInput, type Problem } from '../input/problem.ts';
import { makePlan } from '../plan/plan.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { PlatformProvider } from '../platform/platform.ts';
import { platforms } from '../platform/registry.ts';

export interface PlanningOptions {
  readonly target: string;
  readonly platform: string;
  readonly seed: number;
  /** What the first name may have been meant as, if no command was given. */
  readonly commands?: readonly string[];
}

/** The system under test where none is named. */
export const defaultTarget = 'resilient';

/** The folder that holds the package: what names and relative paths are relative to. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const runsDir = resolve(root, '.chaos/runs');

/** Throws one error that lists all problems of all files. */
export async function makePlans(names: readonly string[], options: PlanningOptions): Promise<readonly Plan[]> {
  const provider = providerOf(options.platform);
  const { loaded: manifest, problems: ofTarget } = await loadManifest(options.target, root);
  const scenarios = await loadScenarios(names, manifest, root, options.commands);
  const problems = ['problem' in provider ? [provider] : [], ofTarget, scenarios.problems].flat();
  if (problems.length > 0 || manifest === undefined || 'problem' in provider) throw new BadInput(problems);
  return scenarios.loaded.map(({ name, file, scenario }) =>
    makePlan({ scenario, scenarioName: name, file, manifest, platform: provider.name, seed: options.seed }),
  );
}

function providerOf(name: string): PlatformProvider | Problem {
  if (Object.hasOwn(platforms, name)) return platforms[name as keyof typeof platforms];
  return { file: '', field: '', problem: `no platform "${name}"`, mend: didYouMean(name, Object.keys(platforms)) };
}

/** The provider, once it has said that it can run here. */
export async function availableProvider(name: string): Promise<{ provider: PlatformProvider; detail: string }> {
  const provider = providerOf(name);
  if ('problem' in provider) throw new BadInput([provider]);
  const availability = await provider.check();
  if (availability.available) return { provider, detail: availability.detail };
  throw new InvalidInput('CHAOS_PLATFORM', `platform ${name} cannot run here; tried ${availability.tried}`, {
    mend: availability.mend,
  });
}
