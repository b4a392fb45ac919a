/** Starts each of a run's containers. Order and cleaning up are the caller's. */
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type StartedTestContainer, Wait } from 'testcontainers';
import { ChaosError } from '../../errors.ts';
import type { SmallDisk } from '../../manifest.ts';
import { ToxiproxyClient } from '../../toxiproxy/client.ts';
import { collectorUrl, fillNode } from '../placeholders.ts';
import type { StartRequest } from '../platform.ts';
import { prometheusConfig, rulesIn } from '../prometheus-config.ts';
import { AnswersOnLoopback, ChaosContainer, Running } from './chaos-container.ts';
import { tmpfsOf } from './disks.ts';
import { labelsOf } from './labels.ts';
import { type Layout, linkUrls, toxiproxyAlias, toxiproxyApiPort } from './layout.ts';
import { userHome } from './system-image.ts';

export interface RunContext {
  readonly request: StartRequest;
  readonly layout: Layout;
  /** Name or id of the run's network. */
  readonly network: string;
}

export const prometheusPort = 9090;
const prometheusFolder = '/etc/prometheus';
/** By this name containers reach this machine. */
const harnessHost = 'host.docker.internal';
const thisMachine = { host: harnessHost, ipAddress: 'host-gateway' };
/** A node's home inside its container: `~/.openclaw`. */
export const nodeHome = `${userHome}/.openclaw`;

const startWithinMs = 60_000;
/** How long Testcontainers waits for an answer, and also how often it asks. */
const pollMs = 250;
/** Who owns a home when the harness runs as root, which the system must not. */
const plainUser = { uid: 1000, gid: 1000 };

export async function startToxiproxy(image: string, context: RunContext): Promise<StartedTestContainer> {
  const { layout } = context;
  const ports = [toxiproxyApiPort, ...layout.links.values(), ...layout.observers.values()];
  const container = await named('toxiproxy', image, context, (it) =>
    it
      .withAliasIn(context.network, toxiproxyAlias)
      .withExposedPorts(...ports)
      .withWaitStrategy(Wait.forHttp('/version', toxiproxyApiPort).withReadTimeout(pollMs)),
  );
  const client = new ToxiproxyClient(`http://${container.getHost()}:${container.getMappedPort(toxiproxyApiPort)}`);
  for (const proxy of layout.proxies) await client.createProxy(proxy);
  return container;
}

export function startPrometheus(image: string, context: RunContext): Promise<StartedTestContainer> {
  const { manifest, recorderPort, ruleFiles, prometheusPort: published } = context.request;
  const rules = rulesIn(prometheusFolder, ruleFiles);
  const node = (name: string) => `${name}:${manifest.nodes[name]?.port}`;
  const content = prometheusConfig(manifest, { recorder: `${harnessHost}:${recorderPort}`, node }, rules);
  return named('prometheus', image, context, (it) =>
    publish(it, published)
      .withAliasIn(context.network, 'prometheus')
      .withExtraHosts([thisMachine])
      .withCopyContentToContainer([
        { content, target: `${prometheusFolder}/prometheus.yml`, mode: 0o644 },
        ...rules.map(({ path, text }) => ({ content: text, target: path, mode: 0o644 })),
      ]),
  );
}

/** Where it was asked for, and only for this machine; else wherever the engine likes. */
function publish(it: ChaosContainer, port: number | undefined): ChaosContainer {
  if (port !== undefined) {
    return it.withLoopbackPort(prometheusPort, port).withWaitStrategy(new AnswersOnLoopback(port, '/-/ready'));
  }
  return it
    .withExposedPorts(prometheusPort)
    .withWaitStrategy(Wait.forHttp('/-/ready', prometheusPort).withReadTimeout(pollMs));
}

/**
 * The container, running; not yet ready. Its network belongs to a container of its own that does nothing and never goes down, so that
 * the node's name and address outlive it: a node that is down refuses, as a machine does whose process is down. Without, Docker's
 * resolver forgets the name and asks the machine's own for it, and dials hang for seconds after the node is back.
 */
export async function startNode(node: string, image: string, context: RunContext): Promise<StartedTestContainer> {
  const { manifest, token, schedules, runDir } = context.request;
  const spec = manifest.nodes[node];
  if (spec === undefined) throw new ChaosError('CHAOS_MANIFEST', `the manifest has no node ${node}`);
  const { command, env } = fillNode(spec, {
    home: nodeHome,
    port: spec.port,
    host: '0.0.0.0',
    token,
    schedules,
    links: linkUrls(context.layout),
    collector: collectorUrl(harnessHost, context.request),
  });
  const home = homeOf(runDir, node);
  const disks = spec.smallDisks ?? [];
  const user = await makeHome(home, disks);
  const standIn = await named(`${node}-network`, image, context, (it) =>
    it
      .withInit()
      .withUser(user)
      .withAliasIn(context.network, node)
      .withExtraHosts([thisMachine])
      .withCommand(['sleep', 'infinity'])
      .withWaitStrategy(new Running()),
  );
  return named(node, image, context, (it) =>
    it
      .withSelfHealing()
      .withUser(user)
      .withNetworkMode(`container:${standIn.getId()}`)
      .withEnvironment(env)
      .withBindMounts([{ source: home, target: nodeHome, mode: 'rw' }])
      .withTmpFs(tmpfsOf(nodeHome, disks, user))
      .withCommand(command)
      .withWaitStrategy(new Running()),
  );
}

/** A shell in Toxiproxy's network namespace, with the system's home as its own: where an operator would sit. */
export async function startOperator(
  home: string,
  image: string,
  toxiproxyId: string,
  context: RunContext,
): Promise<StartedTestContainer> {
  const source = homeOf(context.request.runDir, home);
  const user = await makeHome(source);
  return named('operator', image, context, (it) =>
    it
      .withInit()
      .withUser(user)
      .withNetworkMode(`container:${toxiproxyId}`)
      .withBindMounts([{ source, target: nodeHome, mode: 'ro' }])
      .withCommand(['sleep', 'infinity'])
      .withWaitStrategy(new Running()),
  );
}

export function homeOf(runDir: string, node: string): string {
  return join(runDir, 'homes', node);
}

/**
 * Makes a home that its user may write and the harness may read and remove, with the folders that disks are mounted on, which Docker
 * would make for root. Returns that user as Docker wants it.
 */
async function makeHome(home: string, disks: readonly SmallDisk[] = []): Promise<string> {
  const folders = new Set([home, ...disks.flatMap(({ path }) => foldersOf(path)).map((path) => join(home, path))]);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  const [uid, gid] = [process.getuid?.() ?? plainUser.uid, process.getgid?.() ?? plainUser.gid];
  if (uid !== 0) return `${uid}:${gid}`;
  for (const folder of folders) await chown(folder, plainUser.uid, plainUser.gid);
  return `${plainUser.uid}:${plainUser.gid}`;
}

/** `a`, `a/b`, `a/b/c` */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function named(
  name: string,
  image: string,
  { request }: RunContext,
  configure: (container: ChaosContainer) => ChaosContainer,
): Promise<StartedTestContainer> {
  const container = new ChaosContainer(image)
    .withName(`openclaw-chaos-${request.runId}-${name}`)
    .withLabels(labelsOf(request))
    .withStartupTimeout(startWithinMs)
    .withBoundedLog();
  try {
    return await configure(container).start();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChaosError('CHAOS_START', `${name} (${image}) did not start: ${reason}`, { cause });
  }
}
