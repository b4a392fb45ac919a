/** Starts everything for one run, side by side where it can be, and leaves nothing behind if any of it fails. */
import { getReaper, LABEL_TESTCONTAINERS_SESSION_ID, type StartedTestContainer } from 'testcontainers';
import { ChaosError, InvalidInput } from '../../errors.ts';
import type { Platform, StartRequest } from '../platform.ts';
import { awaitReady } from '../readiness.ts';
import { together } from '../together.ts';
import { addressesOf } from './addresses.ts';
import {
  prometheusPort,
  type RunContext,
  startNode,
  startOperator,
  startPrometheus,
  startToxiproxy,
} from './containers.ts';
import { DockerPlatform } from './docker-platform.ts';
import { connectEngine, type Engine } from './engine.ts';
import { ensureImage } from './images.ts';
import { labelsOf, networkOf } from './labels.ts';
import { layOut } from './layout.ts';
import { findRemains, removeRun } from './removal.ts';
import { decideRyuk } from './ryuk.ts';
import { systemImage } from './system-image.ts';

/** Throws `CHAOS_ENGINE`, `CHAOS_RUN_EXISTS`, `CHAOS_IMAGE`, `CHAOS_DEPENDENCIES`, `CHAOS_BUILD`, `CHAOS_START` or `CHAOS_NOT_READY`. */
export async function startDocker(request: StartRequest): Promise<Platform> {
  const engine = await connectEngine();
  const { onProgress, runId } = request;
  if ((await findRemains(engine.container.dockerode, runId)).length > 0) {
    throw new InvalidInput('CHAOS_RUN_EXISTS', `there are containers or networks of a run ${runId} already`, {
      mend: `remove them (npm run chaos -- recover ${runId}), or use another run id`,
    });
  }
  const [system, toxiproxy, prometheus] = await together([
    systemImage(engine, request),
    ensureImage(engine, 'CHAOS_IMAGE_TOXIPROXY', onProgress),
    ensureImage(engine, 'CHAOS_IMAGE_PROMETHEUS', onProgress),
    decideRyuk(engine, onProgress),
  ]);
  try {
    request.signal?.throwIfAborted();
    return await startContainers(engine, request, { system, toxiproxy, prometheus });
  } catch (error) {
    onProgress('the start failed: removing what was started');
    await removeRun(engine.container.dockerode, runId);
    throw error;
  }
}

interface Images {
  readonly system: string;
  readonly toxiproxy: string;
  readonly prometheus: string;
}

async function startContainers(engine: Engine, request: StartRequest, images: Images): Promise<Platform> {
  const { runId, runDir, manifest, onProgress } = request;
  const network = await createNetwork(engine, request);
  const layout = layOut(manifest);
  const context: RunContext = { request, layout, network };
  const byId = (started: StartedTestContainer) => engine.container.getById(started.getId());

  onProgress('starting Toxiproxy and Prometheus');
  const prometheusStarted = startPrometheus(images.prometheus, context);
  const restStarted = startToxiproxy(images.toxiproxy, context).then(async (toxiproxy) => {
    request.signal?.throwIfAborted();
    onProgress(`starting ${Object.keys(manifest.nodes).join(', ')}`);
    const [operator, ...nodes] = await together([
      manifest.operator && startOperator(manifest.operator.home, images.system, toxiproxy.getId(), context),
      ...Object.keys(manifest.nodes).map(
        async (node) => [node, byId(await startNode(node, images.system, context))] as const,
      ),
    ]);
    return { toxiproxy, operator: operator && byId(operator), nodes: new Map(nodes) };
  });
  const [prometheus, { toxiproxy, operator, nodes }] = await together([prometheusStarted, restStarted]);

  const platform = new DockerPlatform({
    engine,
    runId,
    runDir,
    manifest,
    layout,
    addressOf: await addressesOf(toxiproxy, network),
    prometheusUrl: prometheusUrl(prometheus, request),
    nodes,
    prometheus: byId(prometheus),
    operator,
  });
  onProgress('waiting until every layer is ready');
  await together(
    [...nodes].map(([node, container]) =>
      awaitReady(platform, {
        node,
        crashes: async () => (await container.inspect()).RestartCount,
        readyPath: manifest.nodes[node]?.readyPath ?? '/',
        signal: request.signal,
      }),
    ),
  );
  onProgress('all layers are ready');
  return platform;
}

function prometheusUrl(started: StartedTestContainer, { prometheusPort: published }: StartRequest): string {
  const address = `${started.getHost()}:${started.getMappedPort(prometheusPort)}`;
  return `http://${published === undefined ? address : `127.0.0.1:${published}`}`;
}

async function createNetwork(engine: Engine, request: StartRequest): Promise<string> {
  const name = networkOf(request.runId);
  // So that Ryuk, where it is used, removes the network as it does the containers.
  const { sessionId } = await getReaper(engine);
  try {
    const labels = { ...labelsOf(request), [LABEL_TESTCONTAINERS_SESSION_ID]: sessionId };
    await engine.network.create({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels });
    return name;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChaosError('CHAOS_START', `the network ${name} could not be made: ${reason}`, {
      mend: 'if its address pools are used up: docker network prune',
      cause,
    });
  }
}
