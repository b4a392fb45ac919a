// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the harness's platform resolves these placeholders.
/** What both manifests describe: the same three layers, links and skills. Only how the runtime dispatches tells them apart. */
import type { Manifest, NodeSpec } from '../../chaos/manifest.ts';

type Layer = 'session' | 'gateway' | 'runtime';
type Dispatch = 'independent' | 'coupled';

export function threeLayers(name: string, title: string, dispatch: Dispatch): Manifest {
  return {
    name,
    title,
    sources: ['package.json', 'package-lock.json', 'system', 'metrics'],
    nodes: {
      session: node('session', 'Session layer', 3018, ['http', 'openclaw-session/1'], {
        OPENCLAW_GATEWAY_URL: '${link:session-gateway}',
      }),
      gateway: node('gateway', 'Gateway core', 3019, ['http', 'openclaw-gateway/1'], {}),
      runtime: node('runtime', 'Skill runtime', 3020, ['http', 'openclaw-ledger/1'], {
        OPENCLAW_GATEWAY_URL: '${link:runtime-gateway}',
        OPENCLAW_SCHEDULES: '${schedules}',
        OPENCLAW_DISPATCH: dispatch,
      }),
    },
    links: {
      'client-session': { from: 'client', to: 'session' },
      'client-gateway': { from: 'client', to: 'gateway' },
      'session-gateway': { from: 'session', to: 'gateway' },
      'runtime-gateway': { from: 'runtime', to: 'gateway' },
    },
    skills: {
      'daily-memory': { requires: [] },
      'tiktok-poster': { requires: ['gateway'] },
      'health-report': { requires: [] },
    },
    effects: { node: 'runtime', file: 'effects/{skill}.ndjson' },
    operator: { home: 'runtime', ports: { 3019: 'gateway' } },
  };
}

function node(
  layer: Layer,
  title: string,
  port: number,
  speaks: NodeSpec['speaks'],
  env: Readonly<Record<string, string>>,
): NodeSpec {
  const pidFile = `run/${layer}.pid`;
  const supervisor = ['node', 'system/supervisor/main.ts', '--name', layer, '--pid-file', `\${home}/${pidFile}`];
  return {
    title,
    command: [...supervisor, '--', 'node', `system/${layer}/main.ts`],
    port,
    healthPath: '/health',
    readyPath: '/ready',
    metricsPath: '/metrics',
    env: {
      OPENCLAW_HOME: '${home}',
      OPENCLAW_HOST: '${host}',
      OPENCLAW_PORT: '${port}',
      OPENCLAW_TOKEN: '${token}',
      OPENCLAW_HEARTBEAT_MS: '1000',
      ...env,
    },
    pidFile,
    speaks,
  };
}
