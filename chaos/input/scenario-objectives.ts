/** Looks at a scenario's objectives: SLI, parameters, comparison and threshold, against the manifest and the rest of the scenario. */
import { isSliName, type SliName, slis } from '../../metrics/slis.ts';
import { endToEnd } from '../../metrics/vocabulary.ts';
import { speaks, vantagesOf } from '../topology.ts';
import { didYouMean } from './did-you-mean.ts';
import { type InputProblems, shown } from './input-problems.ts';
import type { Draft, DraftEntry } from './scenario-draft.ts';
import { shapes } from './scenario-shape.ts';

type Fields = Readonly<Record<string, unknown>>;

export function checkObjectives(
  raw: unknown,
  draft: Draft,
  entries: readonly DraftEntry[],
  problems: InputProblems,
): void {
  if (!Array.isArray(raw)) return;
  for (const [index, value] of raw.entries()) checkObjective(value, ['objectives', index], draft, entries, problems);
}

function checkObjective(
  raw: unknown,
  path: readonly PropertyKey[],
  draft: Draft,
  entries: readonly DraftEntry[],
  problems: InputProblems,
): void {
  const { sli, is, threshold, ...params } = (typeof raw === 'object' && raw !== null ? raw : {}) as Fields;
  const demand = problems.parse(shapes.objective, { is, threshold }, path);
  if (typeof sli !== 'string' || !isSliName(sli)) {
    problems.add([...path, 'sli'], `no SLI ${shown(sli)}`, didYouMean(String(sli ?? ''), Object.keys(slis)));
    return;
  }
  const known = ['is', 'threshold', ...Object.keys(slis[sli].params.shape)];
  const parsed = problems.parse<Fields>(slis[sli].params, params, path, known);
  if (demand !== undefined) checkThreshold(sli, demand.threshold, path, problems);
  if (parsed !== undefined) checkParams(sli, parsed, path, draft, entries, problems);
}

/** What a layer says of its own way to the gateway. */
const saidByDiallers = /^(gatewayConnection|detectSeconds|reconnectSeconds)/;

/** Catches a percentage given for a ratio, and milliseconds given for seconds where that cannot be. */
function checkThreshold(name: SliName, threshold: number, path: readonly PropertyKey[], problems: InputProblems): void {
  const { sane, unit } = slis[name];
  if (threshold >= sane.min && threshold <= sane.max) return;
  problems.add(
    [...path, 'threshold'],
    `${threshold} can never be the value of ${name}`,
    `give ${unit} from ${sane.min} to ${sane.max}`,
  );
}

function checkParams(
  name: SliName,
  params: Fields,
  path: readonly PropertyKey[],
  draft: Draft,
  entries: readonly DraftEntry[],
  problems: InputProblems,
): void {
  const { manifest, skills, user } = draft;
  const layers = [...Object.keys(manifest.nodes), ...('fault' in params ? [endToEnd] : [])];
  const one = (field: string, known: readonly string[]) => {
    const given = params[field];
    if (typeof given !== 'string' || known.includes(given)) return;
    problems.add([...path, field], `no ${field} "${given}"`, didYouMean(given, known));
  };
  one('skill', Object.keys(skills));
  one('layer', layers);
  one(
    'fault',
    entries.flatMap((entry) => entry.name ?? []),
  );
  const { layer, vantage } = params;
  const seenFrom: readonly string[] = layer === endToEnd ? ['user'] : (vantagesOf(manifest)[String(layer)] ?? []);
  if (layers.includes(String(layer)) && vantage !== undefined && !seenFrom.includes(String(vantage))) {
    problems.add(
      [...path, 'vantage'],
      `"${layer}" is not seen from ${shown(vantage)}`,
      didYouMean(String(vantage), seenFrom),
    );
  }
  const wholeWay = layer === endToEnd ? 'layer' : name === 'firstSuccessSeconds' ? 'sli' : undefined;
  if (wholeWay !== undefined && user?.runSkill === undefined) {
    problems.add([...path, wholeWay], 'nothing is asked for end to end', 'give `user.runSkill`');
  }
  if (saidByDiallers.test(name) && !Object.values(manifest.links).some(({ from }) => from === layer)) {
    problems.add([...path, 'layer'], `"${layer}" dials nobody`, 'name a layer that dials the gateway');
  }
  if (name.startsWith('alert')) {
    problems.add([...path, 'sli'], 'alerts are judged by what the timeline says of them', "give the entry's `alerts`");
  }
  if (name.startsWith('durable') && user === undefined) {
    problems.add([...path, 'sli'], 'there is no user to whom anything was acknowledged', 'give `user`');
  }
  if (name.startsWith('operatorCheck') && !draft.operatorCheck) {
    problems.add([...path, 'sli'], "the operator's check is not run", 'give `operatorCheck: true`');
  }
  for (const protocol of protocolsOf(name, params)) {
    if (speaks(manifest, protocol)) continue;
    problems.add(
      [...path, 'sli'],
      `no node of "${manifest.name}" speaks ${protocol}, which ${name} needs`,
      'leave it out for this target',
    );
  }
}

function protocolsOf(name: SliName, params: Fields): readonly string[] {
  return (slis[name].protocols as (params: Fields) => readonly string[])(params);
}
