/** Loads scenarios and manifests by name or by path, and validates them: all problems of all files come back together. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Manifest } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import { didYouMean } from './did-you-mean.ts';
import { validateManifest } from './manifest-schema.ts';
import { noopScenario } from './noop-scenario.ts';
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

/** The scenarios of these names or paths, or all that lie in `scenarios/`, in the order of their names. Those without problems are loaded. */
export async function loadScenarios(
  names: readonly string[],
  manifest: Manifest,
  root: string,
): Promise<Loaded<readonly LoadedScenario[]>> {
  const known = await scenarioNames(root);
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
    const one = await loadScenario(name, manifest, root, known);
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
  manifest: Manifest,
  root: string,
  known: readonly string[],
): Promise<Loaded<LoadedScenario | undefined>> {
  if (Object.hasOwn(builtInScenarios, name)) {
    const file = `(built in) ${name}`;
    const { scenario, problems } = validateScenario(builtInScenarios[name as keyof typeof builtInScenarios], {
      file,
      manifest,
    });
    return { loaded: scenario && { name, file, scenario }, problems };
  }
  const path = await find(name, scenarioFolder, root);
  if (path === undefined) {
    return { loaded: undefined, problems: [unknown('scenario', name, [...known, ...Object.keys(builtInScenarios)])] };
  }
  const { file, value, problem } = await importDefault(path, root);
  if (problem !== undefined) return { loaded: undefined, problems: [problem] };
  const { scenario, problems } = validateScenario(value, { file, manifest });
  return { loaded: scenario && { name: basename(path, '.ts'), file, scenario }, problems };
}

/** A name is looked for in the folder; what has a slash or an extension is a path. */
async function find(given: string, folder: string, root: string): Promise<string | undefined> {
  const path = /[/\\]|\.[cm]?[jt]s$/.test(given) ? resolve(root, given) : join(root, folder, `${given}.ts`);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? path : undefined;
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
