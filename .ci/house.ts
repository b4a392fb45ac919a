/** The rules of the house: who may import whom, what may stand at the top level, how files are called. Pure: sources in, violations out. */
import { dirname, join } from 'node:path/posix';

/** Path relative to the top level (with `/`) → source text. */
export type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const layers = ['session', 'gateway', 'runtime', 'supervisor'];
/** What the operator's commands read of the system: files of the home, and what they supervise. They ask the layers over HTTP like anybody. */
const operable = /^system\/(layer|supervisor|runtime\/(skills|schedule|status))\//;
const badNames = /(^|\/)(utils?|helpers?|common|misc)(\.[a-z.]+|\/|$)/;

/** All imports between files of ours. Biome keeps one form of import, so a pattern is enough to find them. */
export function importsOf(sources: Sources): Import[] {
  const found: Import[] = [];
  for (const [from, source] of sources) {
    for (const match of source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'(\.{1,2}\/[^']+)'/gm)) {
      found.push({ from, to: join(dirname(from), match[2] ?? ''), typeOnly: match[1] !== undefined });
    }
    for (const match of source.matchAll(/\bimport\(\s*'(\.{1,2}\/[^']+)'/g)) {
      found.push({ from, to: join(dirname(from), match[1] ?? ''), typeOnly: false });
    }
  }
  return found;
}

/** One sentence for each import that the picture of the house does not allow. */
export function forbiddenImports(sources: Sources): string[] {
  return importsOf(sources).flatMap((edge) => {
    const reason = whyForbidden(edge);
    return reason === undefined ? [] : [`${edge.from} imports ${edge.to}: ${reason}`];
  });
}

function whyForbidden({ from, to, typeOnly }: Import): string | undefined {
  const [half] = from.split('/');
  const [target] = to.split('/');
  if (half === target) return half === 'system' ? whyForbiddenInSystem(from, to) : undefined;
  switch (half) {
    case 'metrics':
      return 'metrics/ imports nothing of ours';
    case 'system':
      // The version that a layer reports is the package's own.
      if (target === 'metrics' || to === 'package.json') return undefined;
      if (from.startsWith('system/manifests/') && to === 'chaos/manifest.ts' && typeOnly) return undefined;
      return 'system/ imports metrics/ only; its manifests may `import type` chaos/manifest.ts';
    case 'chaos':
      return target === 'metrics' ? undefined : 'chaos/ imports metrics/ only: it knows a system by its manifest';
    case 'scenarios':
      return to === 'chaos/scenario.ts' && typeOnly ? undefined : 'scenarios/ may only `import type` chaos/scenario.ts';
    case 'grafana':
      return target === 'metrics' ? undefined : 'grafana/ imports metrics/ only';
    default:
      return undefined;
  }
}

function whyForbiddenInSystem(from: string, to: string): string | undefined {
  const [, a] = from.split('/');
  const [, b] = to.split('/');
  if (a === b || a === undefined || b === undefined) return undefined;
  if (a === 'layer') return 'system/layer/ is shared by the layers and imports none of them';
  if (a === 'operate' && !operable.test(to))
    return 'system/operate/ knows the layers by HTTP; of their code it reads skills, schedules and status files only';
  if (layers.includes(a) && b !== 'layer') return 'a layer shares nothing with another but system/layer/';
  if (a === 'skills') return 'a skill is copied to the home and must stand alone';
  return undefined;
}

/** Each cycle of imports once, as the list of its files. */
export function importCycles(sources: Sources): string[][] {
  const next = Map.groupBy(importsOf(sources), (edge) => edge.from);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return cycles;
}

export function badlyNamed(paths: Iterable<string>): string[] {
  return [...paths].filter((path) => badNames.test(path));
}

/** Tests whose subject does not stand beside them: `x.test.ts` and `x.kills.test.ts` both want `x.ts`, or stand in a folder `x/` that they test as a whole. */
export function strayTests(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((path) => {
    const match = /^(.*\/)([^/.]+)(?:\.[a-z-]+)?\.(?:test|bench)\.ts$/.exec(path);
    if (match === null) return false;
    const [, folder = '', subject] = match;
    return !all.has(`${folder}${subject}.ts`) && !folder.endsWith(`/${subject}/`);
  });
}

/** What no TypeScript looks like: a selector by job, an aggregation by labels, the functions that look at a range. */
const promql =
  /\{job(?:=|!=|=~|!~)"|\bALERTS\{|\b(?:sum|min|max|avg|count|topk) (?:by|without) \(|\b(?:\w+_over_time|histogram_quantile)\(|\bup == [01]/;

/** Files that write PromQL by themselves; tests and their fixtures may. */
export function promqlOutsideMetrics(sources: Sources): string[] {
  const bound = /^(?!.*(?:\.test\.ts$|\/(?:fixture|testing)\/|contract\.ts$))(?:chaos|system|scenarios|grafana)\//;
  return [...sources].filter(([path, source]) => bound.test(path) && promql.test(source)).map(([path]) => path);
}

/** Paths that README's map names (first column of the table below "What's here"). */
export function mappedPaths(readme: string): string[] {
  const map = readme.split(/^## What's here$/m)[1]?.split(/^## /m)[0] ?? '';
  return [...map.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '');
}

/** Commands in README's shell blocks, without comments and prompts. */
export function readmeCommands(readme: string): string[] {
  return [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap((block) => (block[1] ?? '').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}
