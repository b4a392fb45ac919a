/** Loads scenarios and manifests by name or by path, and validates them: all problems of all files come back together. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Manifest } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import { didYouMean } from './did-you-mean.ts';
import { validateManifest } from './manifest-schema.ts';
import { noopScenario } from './noop-scenario.ts';
import { placesOf } from './places.ts';
import type { Problem } from './problem.ts';
import { validateScenario } from './scenario-schema.ts';

const scenarioFolder = 'scenarios';
const manifestFolder = 'system/manifests';

/** Scenarios that are part of the harness: run when named, never as part of "all". */
export const builtInScenarios = { noop: noopScenario } as const satisfies Record<string, Scenario>;

export interface LoadedScenario {
  readonly name: string;
  /** Relative to the root. */
  readonly file: string;
  readonly scenario: Scenario;
}

export interface Loaded<T> {
  readonly loaded: T;
  readonly problems: readonly Problem[];
}

/** The target of that name or path; undefined only with problems. */
export async function loadManifest(target: string, root: string): Promise<Loaded<Manifest | undefined>> {
  const found = await find(target, manifestFolder, root);
  if (found === undefined) {
    return { loaded: undefined, problems: [unknown('target', target, await manifestNames(root))] };
  }
  const { file, value, problem } = await importDefault(found, root);
  if (problem !== undefined) return { loaded: undefined, problems: [problem] };
  const { manifest, problems } = validateManifest(value, file);
  return { loaded: manifest, problems };
}

/**
 * The scenarios of these names or paths, or all that lie in `scenarios/`, in the order of their names. Those without problems are
 * loaded; without a manifest none is, and it is only looked at whether they are there. `commands`: what a name may have been meant as.
 */
export async function loadScenarios(
  names: readonly string[],
  manifest: Manifest | undefined,
  root: string,
  commands: readonly string[] = [],
): Promise<Loaded<readonly LoadedScenario[]>> {
  const known = await scenarioNames(root);
  const strange = (name: string) =>
    unknown(commands.length === 0 ? 'scenario' : 'scenario or command', name, [
      ...known,
      ...Object.keys(builtInScenarios),
      ...commands,
    ]);
  const wanted = names.length === 0 ? known : names;
  const loaded: LoadedScenario[] = [];
  const problems: Problem[] = [];
  if (wanted.length === 0) {
    problems.push({
      file: scenarioFolder,
      field: '',
      problem: 'no scenario lies here',
      mend: 'add one, or name one by its path',
    });
  }
  for (const name of wanted) {
    const one = await loadScenario(name, manifest, root, strange);
    problems.push(...one.problems);
    if (one.loaded !== undefined) loaded.push(one.loaded);
  }
  return { loaded, problems };
}

/** Names of the scenario files. */
export function scenarioNames(root: string): Promise<readonly string[]> {
  return namesIn(join(root, scenarioFolder));
}

/** Names of the manifests that come with the system; files beside them that export nothing by default are none. */
export async function manifestNames(root: string): Promise<readonly string[]> {
  const names = await namesIn(join(root, manifestFolder));
  const modules = await Promise.all(names.map((name) => importDefault(join(root, manifestFolder, `${name}.ts`), root)));
  return names.filter((_, index) => modules[index]?.problem === undefined);
}

async function loadScenario(
  name: string,
  manifest: Manifest | undefined,
  root: string,
  strange: (name: string) => Problem,
): Promise<Loaded<LoadedScenario | undefined>> {
  const validated = (value: unknown, file: string, scenarioName: string): Loaded<LoadedScenario | undefined> => {
    if (manifest === undefined) return { loaded: undefined, problems: [] };
    const { scenario, problems } = validateScenario(value, { file, manifest });
    return { loaded: scenario && { name: scenarioName, file, scenario }, problems };
  };
  if (Object.hasOwn(builtInScenarios, name)) {
    return validated(builtInScenarios[name as keyof typeof builtInScenarios], `(built in) ${name}`, name);
  }
  const path = await find(name, scenarioFolder, root);
  if (path === undefined) return { loaded: undefined, problems: [strange(name)] };
  const { file, value, problem } = await importDefault(path, root);
  if (problem !== undefined) return { loaded: undefined, problems: [problem] };
  return validated(value, file, basename(path, '.ts'));
}

/** A name is looked for in the folder; what has a slash or an extension is a path. */
async function find(given: string, folder: string, root: string): Promise<string | undefined> {
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(given);
  const paths = isPath ? placesOf(given, root) : [join(root, folder, `${given}.ts`)];
  for (const path of paths) if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  return undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();
}

async function importDefault(
  path: string,
  root: string,
): Promise<{ readonly file: string; readonly value?: unknown; readonly problem?: Problem }> {
  const file = relative(root, path);
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
    if (module.default !== undefined) return { file, value: module.default };
    return {
      file,
      problem: { file, field: '', problem: 'exports nothing by default', mend: 'write `export default { … }`' },
    };
  } catch (error) {
    const problem = `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    return { file, problem: { file, field: '', problem, mend: 'mend the file so that node can import it' } };
  }
}

function unknown(noun: string, given: string, names: readonly string[]): Problem {
  return { file: '', field: '', problem: `no ${noun} "${given}"`, mend: didYouMean(given, names) };
}
