/** Starts everything for one run, side by side where it can be, and leaves nothing running if any of it fails. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../../errors.ts';
import type { Manifest } from '../../manifest.ts';
import { toxiproxyOf } from '../../toxiproxy/client.ts';
import { harnessName } from '../harness-process.ts';
import { collectorUrl, fillNode } from '../placeholders.ts';
import type { Platform, StartRequest } from '../platform.ts';
import { prometheusConfig, rulesIn } from '../prometheus-config.ts';
import { proxiesOf } from '../proxies.ts';
import { awaitReady } from '../readiness.ts';
import { together } from '../together.ts';
import { endRun } from './end-run.ts';
import { LocalNode } from './local-node.ts';
import { LocalPlatform, type LocalPorts } from './local-platform.ts';
import { Operator } from './operator.ts';
import type { LocalRun } from './part.ts';
import { endOfLog } from './part-log.ts';
import { claimPorts, loopback, type PortClaim } from './ports.ts';
import { findRemains } from './remains.ts';
import { logOf, makeRunFolder, nodeHomeOf } from './run-folder.ts';
import { ownServers, type ServerPrograms, startPrometheus, startToxiproxy } from './servers.ts';

interface Starting {
  readonly request: StartRequest;
  readonly run: LocalRun;
  readonly claim: PortClaim;
  readonly ports: LocalPorts;
}

/** Throws `CHAOS_RUN_EXISTS`, `CHAOS_PORTS`, `CHAOS_START` or `CHAOS_NOT_READY`. */
export async function startLocal(request: StartRequest, programs: ServerPrograms = ownServers): Promise<Platform> {
  const { runId, runDir, manifest, onProgress } = request;
  if (findRemains(runId).length > 0) {
    throw new InvalidInput('CHAOS_RUN_EXISTS', `there are processes of a run ${runId} already`, {
      mend: `end them (npm run chaos -- recover ${runId}), or use another run id`,
    });
  }
  const claim = await claimPorts(portsNeeded(manifest), runId);
  const run: LocalRun = { run: runId, folder: runDir, harness: harnessName() };
  const nodes = new Map<string, LocalNode>();
  try {
    makeRunFolder(runDir, runId, run.harness);
    const starting = { request, run, claim, ports: share(request, claim.ports) };
    for (const name of Object.keys(manifest.nodes)) nodes.set(name, nodeOf(name, starting));
    return await startParts(starting, nodes, programs);
  } catch (error) {
    onProgress('the start failed: ending what was started');
    await Promise.all([...nodes.values()].map((node) => node.abandon()));
    await endRun(run);
    await claim[Symbol.asyncDispose]();
    throw error;
  }
}

async function startParts(
  { request, run, claim, ports }: Starting,
  nodes: ReadonlyMap<string, LocalNode>,
  programs: ServerPrograms,
): Promise<Platform> {
  const { manifest, recorderPort, ruleFiles, onProgress, signal } = request;
  const nodeAddress = (node: string) => `${loopback}:${ports.nodes.get(node)}`;
  onProgress('starting Toxiproxy and Prometheus');
  const rules = rulesIn(run.folder, ruleFiles);
  const config = prometheusConfig(manifest, { recorder: `${loopback}:${recorderPort}`, node: nodeAddress }, rules);
  const prometheusStarted = startPrometheus(run, programs, ports.prometheus, config, rules);
  const restStarted = startToxiproxy(run, programs, ports.toxiproxy).then(async (server) => {
    const client = toxiproxyOf({ toxiproxyUrl: server.url });
    for (const proxy of proxiesOf(manifest, ports, loopback, nodeAddress)) await client.createProxy(proxy);
    signal?.throwIfAborted();
    onProgress(`starting ${[...nodes.keys()].join(', ')}`);
    await together([...nodes.values()].map((node) => node.raise()));
    return server;
  });
  const [prometheus, toxiproxy] = await together([prometheusStarted, restStarted]);

  onProgress('waiting until every layer is ready');
  const looking = {
    observerAddress: (node: string) => `${loopback}:${ports.observers.get(node)}`,
    logs: (node: string, maxBytes: number) => endOfLog(logOf(run.folder, node), maxBytes),
  };
  await together(
    [...nodes].map(([name, node]) =>
      awaitReady(looking, {
        node: name,
        readyPath: manifest.nodes[name]?.readyPath ?? '/',
        crashes: async () => node.restarts,
        signal,
      }),
    ),
  );
  onProgress('all layers are ready');
  const operator = manifest.operator && new Operator({ run, home: manifest.operator.home, ports: ports.operator });
  return new LocalPlatform({ run, manifest, ports, claim, nodes, toxiproxy, prometheus, operator });
}

function nodeOf(name: string, { request, run, ports }: Starting): LocalNode {
  const spec = request.manifest.nodes[name] as Manifest['nodes'][string];
  const home = nodeHomeOf(run.folder, name);
  mkdirSync(home, { recursive: true });
  const links = [...ports.links].map(([link, port]) => [link, `http://${loopback}:${port}`] as const);
  const { command, env } = fillNode(spec, {
    home,
    port: ports.nodes.get(name) ?? 0,
    host: loopback,
    token: request.token,
    schedules: request.schedules,
    links: new Map(links),
    collector: collectorUrl(loopback, request),
  });
  return new LocalNode({
    name,
    run,
    argv: command,
    env,
    cwd: request.root,
    pidFile: join(home, spec.pidFile),
    onUnstartable: (reason) => appendFileSync(logOf(run.folder, name), `${reason}\n`),
  });
}

function portsNeeded({ nodes, links, operator }: Manifest): number {
  return 2 + 2 * Object.keys(nodes).length + Object.keys(links).length + Object.keys(operator?.ports ?? {}).length;
}

function share({ manifest, prometheusPort }: StartRequest, ports: readonly number[]): LocalPorts {
  const { nodes, links, operator } = manifest;
  const left = ports.values();
  const next = () => left.next().value ?? 0;
  const one = <T>(names: readonly T[]) => new Map(names.map((name) => [name, next()]));
  return {
    toxiproxy: next(),
    prometheus: prometheusPort ?? next(),
    links: one(Object.keys(links)),
    observers: one(Object.keys(nodes)),
    nodes: one(Object.keys(nodes)),
    operator: one(Object.keys(operator?.ports ?? {}).map(Number)),
  };
}
