/** On docker: each layer's container crashed until it is ready, beside a bare Node server in a container of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Manifest, NodeSpec } from '../../manifest.ts';
import type { PlatformProvider } from '../../platform/platform.ts';
import { type Figure, milliseconds, quantile } from './figure.ts';
import { recoveryMs } from './recovery.ts';
import { startStand, systemUnderTest } from './stand.ts';

const rounds = 4;
/** The engine waits longer before each restart of a container that was not up for 10 s. */
const betweenCrashesMs = 11_000;
const bare = 'bare';

export async function measureContainers(provider: PlatformProvider, say: (text: string) => void): Promise<Figure[]> {
  const manifest = withBareServer(await systemUnderTest());
  await using stand = await startStand({ provider, manifest, schedules: {} });
  const nodes = Object.keys(manifest.nodes);
  const times = new Map(nodes.map((node): [string, number[]] => [node, []]));
  for (let round = 1; round <= rounds; round += 1) {
    say(`containers: round ${round} of ${rounds}`);
    await delay(betweenCrashesMs);
    for (const node of nodes) times.get(node)?.push(await recoveryMs(stand, node, 'crash'));
  }
  const bareMs = quantile(times.get(bare) ?? [], 0.5);
  return nodes
    .filter((node) => node !== bare)
    .map((node) => {
      const p50 = quantile(times.get(node) ?? [], 0.5);
      return {
        what: `container of ${node} crashed → ready, p50 of ${rounds}`,
        measured: milliseconds(p50),
        beside: `${milliseconds(bareMs)} (a bare Node server's)`,
        ratio: p50 / bareMs,
        goal: '≤ 1.5×',
        met: p50 / bareMs <= 1.5,
      };
    });
}

/** The least that answers: what a container and Node cost by themselves. */
function withBareServer(manifest: Manifest): Manifest {
  const program =
    "require('node:http').createServer((_, response) => response.end('{}')).listen(Number(process.env.PORT), '0.0.0.0'); process.on('SIGTERM', () => process.exit(0))";
  const node: NodeSpec = {
    title: 'A bare Node server',
    command: ['node', '-e', program],
    port: 3030,
    healthPath: '/',
    readyPath: '/',
    metricsPath: '/',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the platform resolves it.
    env: { PORT: '${port}' },
    pidFile: 'none.pid',
    speaks: ['http'],
  };
  return { ...manifest, nodes: { ...manifest.nodes, [bare]: node } };
}
