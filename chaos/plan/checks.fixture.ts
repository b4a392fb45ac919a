/** For tests: a recorder and three layers whose metrics are set by hand, and a real Prometheus in a container that scrapes them every second. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { GenericContainer, Wait } from 'testcontainers';
import { stringify } from 'yaml';
import type { LabelOf, MetricName } from '../../metrics/catalog.ts';
import { instrument } from '../../metrics/instrument.ts';

const image = process.env.CHAOS_IMAGE_PROMETHEUS ?? 'prom/prometheus:v3.13.5';
const hostName = 'host.docker.internal';
const port = 9090;

export class ScriptedTarget {
  registry = new Registry();
  readonly #server: Server;
  #answers = true;

  private constructor() {
    this.#server = createServer(async (_, response) => {
      if (!this.#answers) {
        response.destroy();
        return;
      }
      response.setHeader('content-type', this.registry.contentType);
      response.end(await this.registry.metrics());
    });
  }

  static async start(): Promise<ScriptedTarget> {
    const target = new ScriptedTarget();
    await new Promise<void>((resolve) => target.#server.listen(0, '0.0.0.0', resolve));
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Adds to a counter, or sets a gauge. */
  write<N extends MetricName>(name: N, labels: Partial<Record<LabelOf<N>, string>>, value: number): void {
    const one: unknown = instrument(this.registry, name);
    const metric = one as { set?(labels: object, value: number): void; inc(labels: object, value: number): void };
    if (metric.set === undefined) metric.inc(labels, value);
    else metric.set(labels, value);
  }

  /** Connections are cut from now on, or taken again. */
  answer(yes: boolean): void {
    this.#answers = yes;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface RealPrometheus extends AsyncDisposable {
  readonly url: string;
}

/** Scrapes the recorder as job `chaos`, and each layer as job `openclaw` with its name as label `layer`. */
export async function startPrometheus(
  recorder: ScriptedTarget,
  layers: Readonly<Record<string, ScriptedTarget>>,
): Promise<RealPrometheus> {
  const at = (target: ScriptedTarget) => `${hostName}:${target.port}`;
  const config = stringify({
    global: { scrape_interval: '1s', scrape_timeout: '900ms' },
    scrape_configs: [
      { job_name: 'chaos', static_configs: [{ targets: [at(recorder)] }] },
      {
        job_name: 'openclaw',
        static_configs: Object.entries(layers).map(([layer, target]) => ({ targets: [at(target)], labels: { layer } })),
      },
    ],
  });
  const container = await new GenericContainer(image)
    .withExposedPorts(port)
    .withExtraHosts([{ host: hostName, ipAddress: 'host-gateway' }])
    .withCopyContentToContainer([{ content: config, target: '/etc/prometheus/prometheus.yml', mode: 0o644 }])
    .withWaitStrategy(Wait.forHttp('/-/ready', port))
    .withStartupTimeout(60_000)
    .start();
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(port)}`,
    [Symbol.asyncDispose]: async () => {
      await container.stop({ timeout: 0 });
    },
  };
}
