/**
 * One soak, from start to books. In order: the system starts and clients connect; under load, layers are killed and links are cut; then
 * both stop, what is under way ends, and everything that anybody saw is compared.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from '../drivers/ledger.ts';
import { readHistory } from '../drivers/session-history.ts';
import { ChaosError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { Platform, PlatformProvider } from '../platform/platform.ts';
import { Recorder } from '../recorder.ts';
import { type Books, type ClientView, closeBooks, type Evidence } from './books.ts';
import { chanceFrom } from './chance.ts';
import { Clients } from './clients.ts';
import { dropAtRandom } from './dropper.ts';
import { readDelivered, readGatewayRuns } from './gateway-records.ts';
import { type Killed, killAtRandom } from './killer.ts';
import { installSoakSkills, readTrail, soakSchedules, soakSkillNames, soakSkills } from './soak-skills.ts';

export interface SoakRequest {
  readonly runId: string;
  readonly runDir: string;
  readonly root: string;
  readonly manifest: Manifest;
  readonly provider: PlatformProvider;
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface SoakResult extends Books, Pick<Killed, 'byNode' | 'readyAfterMs'> {
  readonly cuts: number;
  /** From the first kill to the last. */
  readonly killedForMs: number;
  /** From the last kill until nothing was under way. */
  readonly settledAfterMs: number;
}

const steadyWithinMs = 60_000;
const settleWithinMs = 90_000;
/** What has been missing for so long, with nothing changing, is lost and not late. */
const unchangedForMs = 12_000;
const readTimeoutMs = 20_000;
const pollMs = 200;
const runtimeNode = 'runtime';
const gatewayNode = 'gateway';
const sessionNode = 'session';

/** Throws `CHAOS_SOAK` if there was nothing to compare: the system did not come up, or the books cannot be read. */
export async function soak(request: SoakRequest): Promise<SoakResult> {
  const { manifest, runDir, kills, clients: count, seed, signal, onProgress } = request;
  await mkdir(runDir, { recursive: true });
  await using recorder = await Recorder.start();
  const token = randomBytes(24).toString('base64url');
  await using platform = await startPlatform(request, token, recorder.port);
  const home = platform.home(runtimeNode);
  await installSoakSkills(home);
  using clients = new Clients({ platform, token, clients: count });
  await until('every skill has run and every client is connected', steadyWithinMs, signal, async () => {
    const trails = await Promise.all(soakSkillNames.map((skill) => readTrail(home, skill)));
    return clients.connected && trails.every((trail) => trail.some(({ what }) => what === 'end'));
  });
  clients.startLoad();
  // A whole second on, so that no slot of the first second is half in the window.
  const fromMs = (Math.floor(Date.now() / 1000) + 2) * 1000;

  onProgress(`${kills} kills of ${Object.keys(manifest.nodes).join(', ')} under load`);
  const startedMs = performance.now();
  const chance = chanceFrom(seed);
  const dropping = new AbortController();
  const links = Object.keys(manifest.links) as [string, ...string[]];
  const cutting = dropAtRandom(links, platform, chanceFrom(seed + 1), dropping.signal);
  const onKill = (killed: number) => {
    if (killed % 10 === 0 || killed === kills)
      onProgress(`${killed} of ${kills} kills, ${clients.inFlight} messages and requests in flight`);
  };
  const killed = await killAtRandom({ kills, manifest, platform, chance, signal, onKill }).finally(() => {
    dropping.abort();
    // Also after Ctrl-C: a link that is cut is mended before the platform is taken apart.
    return cutting;
  });
  const cuts = await cutting;
  const endedMs = performance.now();

  clients.stopLoad();
  const toMs = Math.floor(Date.now() / 1000) * 1000;
  await killed.settled;
  const evidence = await settle({ platform, token, clients, home, fromMs, toMs, signal, onProgress });
  const settledAfterMs = performance.now() - endedMs;
  await writeFile(join(runDir, 'evidence.json'), toJson(evidence));
  const { byNode, readyAfterMs } = killed;
  return { ...closeBooks(evidence), byNode, readyAfterMs, cuts, killedForMs: endedMs - startedMs, settledAfterMs };
}

function startPlatform(request: SoakRequest, token: string, recorderPort: number): Promise<Platform> {
  const { provider, runId, runDir, manifest, root, signal, onProgress } = request;
  const schedules = soakSchedules;
  return provider.start({ runId, runDir, manifest, root, schedules, token, recorderPort, signal, onProgress });
}

interface Settling {
  readonly platform: Platform;
  readonly token: string;
  readonly clients: Clients;
  readonly home: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Looks again and again until there is nothing to find, or nothing changes any more. */
async function settle(settling: Settling): Promise<Evidence> {
  const { signal, clients, onProgress } = settling;
  onProgress('no more kills: waiting until nothing is under way');
  const deadline = performance.now() + settleWithinMs;
  let [seen, changedMs] = ['', performance.now()];
  for (;;) {
    signal.throwIfAborted();
    const now = performance.now();
    const evidence = await gather(settling).catch((cause: Error) => {
      if (now < deadline) return undefined;
      throw new ChaosError('CHAOS_SOAK', `the books cannot be read: ${cause.message}`, { cause });
    });
    if (evidence !== undefined) {
      const { findings } = closeBooks(evidence);
      if (findings.length === 0 && clients.inFlight === 0) return evidence;
      const found = JSON.stringify([clients.inFlight, findings]);
      if (found !== seen) [seen, changedMs] = [found, now];
      if (now - changedMs > unchangedForMs || now > deadline) return evidence;
    }
    await delay(pollMs, undefined, { signal });
  }
}

async function gather({ platform, token, clients, home, fromMs, toMs }: Settling): Promise<Evidence> {
  const ledger = new Ledger(() => platform.observerAddress(runtimeNode), token);
  const [trails, rows, gateway, views] = await Promise.all([
    Promise.all(soakSkillNames.map(async (skill) => [skill, await readTrail(home, skill)] as const)),
    ledger.read(readTimeoutMs),
    readGatewayRuns(platform.observerAddress(gatewayNode), token),
    Promise.all(clients.sessions.map((client) => viewOf(client, platform, token))),
  ]);
  return {
    fromMs,
    toMs,
    skills: soakSkills,
    trails: new Map(trails),
    ledger: rows,
    gateway,
    accepted: clients.requests.requests.flatMap(({ run }) => run ?? []),
    clients: views,
  };
}

async function viewOf(
  { acknowledged, received, identity, identityChanges }: Clients['sessions'][number],
  platform: Platform,
  token: string,
): Promise<ClientView> {
  const address = platform.observerAddress(sessionNode);
  const read = identity && (await readHistory({ address, token, ...identity, timeoutMs: readTimeoutMs }));
  const gateway = platform.observerAddress(gatewayNode);
  const delivered = identity === undefined ? [] : await readDelivered(gateway, token, identity.session);
  // A log that was trimmed at its start is told as not recovered: what is left of it was compared while it was there.
  return { acknowledged, received: received.entries, history: read?.entries ?? [], delivered, identityChanges };
}

async function until(
  what: string,
  withinMs: number,
  signal: AbortSignal,
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline)
      throw new ChaosError('CHAOS_SOAK', `within ${withinMs / 1000} s it did not come about that ${what}`);
    await delay(pollMs, undefined, { signal });
  }
}

/** What a soak was judged by, for whoever wants to know more than its findings. */
function toJson(evidence: Evidence): string {
  return JSON.stringify(evidence, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value), 1);
}
