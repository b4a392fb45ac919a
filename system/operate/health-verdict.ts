/** From what is known of layers and skills to one word and one sentence. Pure; what is silent is never operational. */
import type { LayerName } from './addresses.ts';
import type { LayerState, SkillState, Status } from './health-report.ts';

export interface Known {
  readonly layers: readonly { readonly name: LayerName; readonly state: LayerState }[];
  readonly skillsFrom: 'runtime' | 'status-files' | 'nobody';
  readonly skills: readonly { readonly name: string; readonly state: SkillState }[];
  readonly problems: readonly string[];
}

export interface HealthVerdict {
  readonly status: Status;
  readonly sentence: string;
}

const titles: Readonly<Record<LayerName, string>> = {
  session: 'session layer',
  gateway: 'gateway',
  runtime: 'skill runtime',
};
const shownNames = 3;

export const exitCodeOf: Readonly<Record<Status, number>> = { operational: 0, degraded: 1, down: 2 };

/** Such as `Gateway down, skills running: degraded`. */
export function healthVerdict(known: Known): HealthVerdict {
  const status = statusOf(known);
  const odd = status === 'degraded' && known.problems[0] !== undefined && looksWell(known);
  const why = odd ? `, but ${known.problems[0]}` : '';
  return { status, sentence: `${capital(layersPhrase(known))}, ${skillsPhrase(known)}${why}: ${status}` };
}

function statusOf(known: Known): Status {
  if (known.layers.every(({ state }) => state === 'down') || nothingRuns(known)) return 'down';
  return looksWell(known) && known.problems.length === 0 ? 'operational' : 'degraded';
}

function looksWell({ layers, skills, skillsFrom }: Known): boolean {
  return (
    skillsFrom !== 'nobody' &&
    layers.every(({ state }) => state === 'ok') &&
    skills.filter(isJudged).every(({ state }) => state === 'ok' || state === 'waiting')
  );
}

/** The skills are what the system is for: it is down when no sign is left that they run. */
function nothingRuns({ layers, skills }: Known): boolean {
  const judged = skills.filter(isJudged);
  if (judged.some(isRunning)) return false;
  if (isDown(layers, 'runtime')) return true;
  return judged.length > 0 && !judged.some(({ state }) => state === 'waiting' || state === 'deferred');
}

function layersPhrase({ layers }: Known): string {
  // That the others are degraded for want of the gateway is no news; the table has their reasons.
  const states = isDown(layers, 'gateway')
    ? (['down', 'not-ready'] as const)
    : (['down', 'not-ready', 'degraded'] as const);
  const bad = states.flatMap((state) => {
    const names = layers.filter((layer) => layer.state === state).map(({ name }) => titles[name]);
    return names.length === 0 ? [] : [`${listed(names)} ${state === 'not-ready' ? 'not ready' : state}`];
  });
  if (layers.every(({ state }) => state === 'down')) return 'no layer answers';
  return bad.length === 0 ? 'all layers up' : bad.join(', ');
}

function skillsPhrase({ layers, skills, skillsFrom }: Known): string {
  if (skillsFrom === 'nobody') return 'nothing is known of the skills';
  const judged = skills.filter(isJudged);
  if (judged.length === 0) return 'no skill has a schedule';
  const running = judged.filter(isRunning);
  const well = judged.filter(({ state }) => state === 'ok' || state === 'waiting');
  // Files tell of the past: with the runtime gone nothing says that the skills still run.
  const verb = isDown(layers, 'runtime') ? 'ran lately' : 'running';
  if (well.length === judged.length) return running.length > 0 ? `skills ${verb}` : 'no skill due yet';
  if (running.length === 0) return `no skill ${verb} (${troubles(judged)})`;
  return `${running.length} of ${judged.length} skills ${verb} (${troubles(judged)})`;
}

function troubles(judged: Known['skills']): string {
  const bad = judged.filter(({ state }) => state !== 'ok' && state !== 'waiting');
  const shown = bad.slice(0, shownNames).map(({ name, state }) => `${name} ${worded(state)}`);
  return [...shown, ...(bad.length > shownNames ? [`${bad.length - shownNames} more`] : [])].join(', ');
}

function worded(state: SkillState): string {
  return state === 'problem' ? 'cannot run' : state;
}

function isJudged({ state }: { readonly state: SkillState }): boolean {
  return state !== 'disabled' && state !== 'on-request';
}

function isRunning({ state }: { readonly state: SkillState }): boolean {
  return state === 'ok' || state === 'failing';
}

function isDown(layers: Known['layers'], name: LayerName): boolean {
  return layers.some((layer) => layer.name === name && layer.state === 'down');
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
