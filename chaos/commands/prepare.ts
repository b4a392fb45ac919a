/** From names on the command line to plans that can be run: everything is loaded and validated before anything is started. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { type LoadedScenario, loadManifest, loadScenarios } from '../input/load.ts';
import { BadInput, type Problem } from '../input/problem.ts';
import { makePlan } from '../plan/plan.ts';
import type { Plan } from '../plan/plan-shape.ts';
import { unplayableOn } from '../plan/playable.ts';
import { type Choice, choosePlatform } from '../platform/choose.ts';
import type { PlatformName, PlatformProvider } from '../platform/platform.ts';
import { platforms } from '../platform/registry.ts';

export interface PlanningOptions {
  readonly target: string;
  /** Name of a platform, or `auto`. */
  readonly platform: string;
  readonly seed: number;
  /** Also of those that are named, what the platform cannot play is left out, and told in `notPlayed`. */
  readonly leaveOutUnplayable?: true;
  /** What the first name may have been meant as, if no command was given. */
  readonly commands?: readonly string[];
}

/** The system under test where none is named. */
export const defaultTarget = 'resilient';
/** The platform is found out: see `choose.ts`. */
export const auto = 'auto';

/** The folder that holds the package: what names and relative paths are relative to. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const runsDir = resolve(root, '.chaos/runs');

/** What `--platform` says, found out: where the runs are to be. */
export interface ChosenPlatform {
  readonly provider: PlatformProvider;
  /** Only if it was chosen here, not by the user. */
  readonly choice?: Choice;
}

export interface Prepared {
  readonly plans: readonly Plan[];
  readonly platform: ChosenPlatform;
  /** Sound scenarios that this platform cannot play. Where they were named, that is a problem, unless they were to be left out. */
  readonly notPlayed: readonly NotPlayed[];
}

export interface NotPlayed {
  readonly name: string;
  readonly file: string;
  /** `disk-full needs a file system of its own, …` */
  readonly why: string;
}

/** Throws one error that lists all problems of all files. Starts nothing; a platform need not be able to run here. */
export async function makePlans(names: readonly string[], options: PlanningOptions): Promise<Prepared> {
  const [platform, { loaded: manifest, problems: ofTarget }] = await Promise.all([
    platformOf(options.platform),
    loadManifest(options.target, root),
  ]);
  const scenarios = await loadScenarios(names, manifest, root, options.commands);
  const provider = 'problem' in platform ? undefined : platform.provider;
  const refused = provider === undefined ? [] : refusedBy(provider, scenarios.loaded);
  const problems = [
    'problem' in platform ? [platform] : [],
    ofTarget,
    scenarios.problems,
    names.length === 0 || options.leaveOutUnplayable ? [] : refused.map(({ problem }) => problem),
  ].flat();
  if (problems.length > 0 || manifest === undefined || 'problem' in platform) throw new BadInput(problems);
  const { seed } = options;
  const { name: on } = platform.provider;
  const plans = scenarios.loaded
    .filter(({ name }) => !refused.some((one) => one.name === name))
    .map(({ name, file, scenario }) => makePlan({ scenario, scenarioName: name, file, manifest, platform: on, seed }));
  const notPlayed = refused.map(({ name, file, problem }) => ({ name, file, why: problem.problem }));
  return { plans, platform, notPlayed };
}

function refusedBy(provider: PlatformProvider, scenarios: readonly LoadedScenario[]) {
  return scenarios.flatMap(({ name, file, scenario }) => {
    const found = unplayableOn(provider, scenario);
    if (found === undefined) return [];
    const { entry, needs } = found;
    const problem: Problem = {
      file,
      field: `timeline[${entry}].fault.kind`,
      problem: `${scenario.timeline[entry]?.fault.kind} needs ${needs}; the platform is ${provider.name}`,
      mend: 'give --platform docker',
    };
    return [{ name, file, problem }];
  });
}

export async function platformOf(name: string): Promise<ChosenPlatform | Problem> {
  if (name === auto) {
    const choice = await choosePlatform(Object.values(platforms));
    return { provider: platforms[choice.name], choice };
  }
  if (Object.hasOwn(platforms, name)) return { provider: platforms[name as PlatformName] };
  const mend = didYouMean(name, [auto, ...Object.keys(platforms)]);
  return { file: '', field: '', problem: `no platform "${name}"`, mend };
}

/** In a few words what it is, or why it was chosen. Throws `CHAOS_PLATFORM` if it cannot run here. */
export async function mustRunHere({ provider, choice }: ChosenPlatform): Promise<string> {
  if (choice?.usable) return choice.why;
  if (choice !== undefined) {
    throw new InvalidInput('CHAOS_PLATFORM', `no platform can run here: ${choice.why}`, {
      mend: 'npm run chaos -- doctor says what each would need',
    });
  }
  const availability = await provider.check();
  if (availability.available) return availability.detail;
  const { tried, mend } = availability;
  throw new InvalidInput('CHAOS_PLATFORM', `platform ${provider.name} cannot run here: no ${tried}`, { mend });
}

/** The provider, once it has said that it can run here. */
export async function availableProvider(name: PlatformName): Promise<{ provider: PlatformProvider }> {
  await mustRunHere({ provider: platforms[name] });
  return { provider: platforms[name] };
}
