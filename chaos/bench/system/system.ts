/** `system`: how soon skills start, how soon layers are back, what they cost, and what becomes of that as everything grows. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { platforms } from '../../platform/registry.ts';
import { measureContainers } from './containers.ts';
import { type Figure, milliseconds, quantile, tableOf } from './figure.ts';
import { measureGrowth } from './growth.ts';
import { measureLateness } from './lateness.ts';
import { residentBytes, supervisorBytes } from './memory.ts';
import { recoveryMs } from './recovery.ts';
import { measureSessions } from './sessions.ts';
import { installClockSkill, type Stand, startStand } from './stand.ts';

const clockSkill = 'bench-clock';
const killsPerLayer = 15;
const betweenKillsMs = 1_100;

export async function benchSystem(): Promise<void> {
  const [load = 0] = loadavg();
  const say = (text: string) => console.log(`  ${text}`);
  console.log(`The system, measured from outside; ${availableParallelism()} cores, load average ${load.toFixed(1)}`);
  const figures = [...(await measureOneSystem(say)), ...(await measureGrowth(say)), ...(await onDocker(say))];
  console.log(`\n${tableOf(figures)}`);
}

async function measureOneSystem(say: (text: string) => void): Promise<Figure[]> {
  await using stand = await startStand({
    schedules: { [clockSkill]: 'every: 500ms' },
    furnish: (home) => installClockSkill(home('runtime'), clockSkill),
  });
  say('slots and bare spawns, in turn');
  const home = stand.platform.home('runtime');
  const lateness = await measureLateness(home, clockSkill);
  const first = await measureMemory(stand, 'first start');
  say('sessions: a storm, then ten thousand at rest');
  const sessions = await measureSessions(stand);
  say(`${killsPerLayer} kills of each layer`);
  const kills = await measureKills(stand);
  return [...lateness, ...kills, ...first, ...(await measureMemory(stand, 'restarted')), ...sessions];
}

async function measureMemory({ platform, manifest }: Stand, when: string): Promise<Figure[]> {
  const nodes = Object.keys(manifest.nodes);
  const layers = await Promise.all(nodes.map((node) => residentBytes(platform, node)));
  const supervisors = await Promise.all(nodes.map((node) => supervisorBytes(platform, node)));
  const sum = (bytes: readonly number[]) => bytes.reduce((total, one) => total + one, 0) / 1e6;
  return [
    {
      what: `resident memory of all layers, ${when}`,
      measured: `${sum(layers).toFixed(0)} MB`,
      beside: `${sum(supervisors).toFixed(0)} MB (their supervisors, on top)`,
      goal: '≤ 250 MB',
      met: sum(layers) <= 250,
    },
  ];
}

/** Layer after layer, round after round, so that none dies young: a supervisor lets one that does wait longer and longer. */
async function measureKills(stand: Stand): Promise<Figure[]> {
  const nodes = Object.keys(stand.manifest.nodes);
  const times = new Map(nodes.map((node): [string, number[]] => [node, []]));
  for (let kill = 0; kill < killsPerLayer; kill += 1) {
    for (const node of nodes) {
      await delay(betweenKillsMs);
      times.get(node)?.push(await recoveryMs(stand, node, 'kill'));
    }
  }
  return [...times].map(([node, ms]) => {
    const [p50, p99] = [quantile(ms, 0.5), quantile(ms, 0.99)];
    return {
      what: `${node} SIGKILLed → ready, p50 and p99 of ${killsPerLayer}`,
      measured: `${milliseconds(p50)}, ${milliseconds(p99)}`,
      goal: '≤ 600 ms, ≤ 2 s',
      met: p50 <= 600 && p99 <= 2_000,
    };
  });
}

async function onDocker(say: (text: string) => void): Promise<Figure[]> {
  const provider = platforms.docker;
  const availability = await provider.check();
  if (availability.available) return measureContainers(provider, say);
  say(`NOT measured, containers: no ${availability.tried} (${availability.mend})`);
  return [];
}
