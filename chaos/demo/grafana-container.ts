/** Grafana as one more container of the run: in its network, found and removed by its labels, published on this machine's loopback only. */
import { setTimeout as delay } from 'node:timers/promises';
import { ImageName } from 'testcontainers';
import { ChaosError } from '../errors.ts';
import { ChaosContainer, Running } from '../platform/docker/chaos-container.ts';
import { connectEngine } from '../platform/docker/engine.ts';
import { imageFor } from '../platform/docker/images.ts';
import { labelsOf, networkOf } from '../platform/docker/labels.ts';
import { friendlyPort } from './friendly-port.ts';
import { grafanaFiles, grafanaSettings, provisioningVariables } from './grafana-files.ts';

export interface GrafanaRequest {
  readonly runId: string;
  readonly runDir: string;
  readonly root: string;
  /** Ends the waiting; the container goes with its run. */
  readonly signal: AbortSignal;
}

export type GrafanaFound = { readonly url: string } | { readonly missing: string };

const grafanaPort = 3000;
/** Inside the run's network; there is no Tempo in it. */
const addresses = {
  prometheusUrl: 'http://prometheus:9090',
  tempoUrl: 'http://tempo:3200',
  dashboardsFolder: '/var/lib/grafana/dashboards',
};
/** It fills its own database first, and that takes a while on a slow disk. */
const readyWithinMs = 120_000;
const askWithinMs = 1_000;
const pollMs = 250;

/** Resolves when it answers. It is not pulled: a demo starts in seconds or goes on without. Throws `CHAOS_GRAFANA`. */
export async function startGrafana({ runId, runDir, root, signal }: GrafanaRequest): Promise<GrafanaFound> {
  const engine = await connectEngine();
  const image = imageFor('CHAOS_IMAGE_GRAFANA');
  if (!(await engine.image.exists(ImageName.fromString(image)))) return { missing: image };
  const files = await grafanaFiles(root, addresses.dashboardsFolder);
  await using claim = await friendlyPort(grafanaPort);
  const { port } = claim;
  signal.throwIfAborted();
  await new ChaosContainer(image)
    .withName(`openclaw-chaos-${runId}-grafana`)
    .withLabels(labelsOf({ runId, runDir }))
    .withBoundedLog()
    .withAliasIn(networkOf(runId), 'grafana')
    .withEnvironment({ ...grafanaSettings(addresses), ...provisioningVariables(addresses) })
    .withCopyContentToContainer([...files])
    .withLoopbackPort(grafanaPort, port)
    .withWaitStrategy(new Running())
    .start();
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/api/health`, signal);
  return { url };
}

async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const answers = await fetch(url, { signal: AbortSignal.timeout(askWithinMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    await delay(pollMs, undefined, { signal });
  }
  throw new ChaosError('CHAOS_GRAFANA', `no answer at ${url} within ${readyWithinMs / 1_000} s`);
}
