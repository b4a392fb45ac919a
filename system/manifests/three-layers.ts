// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the harness's platform resolves these placeholders.
/** What all manifests describe: the same three layers, links and skills. How the runtime dispatches tells them apart, and a bug put in. */
import type { ClockSpec, Manifest, NodeSpec } from '../../chaos/manifest.ts';

type Layer = 'session' | 'gateway' | 'runtime';

/** Soon, so that a layer that is killed takes few spans with it; in requests so small that nobody is busy with one for long. */
const tracing = {
  OTEL_EXPORTER_OTLP_ENDPOINT: '${collector}',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '500',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100',
};

export interface Variant {
  readonly name: string;
  readonly title: string;
  readonly dispatch?: 'independent' | 'coupled';
  /** Name of a file in `bugs/` that is loaded into every layer before its own program. */
  readonly bug?: string;
}

export function threeLayers({ name, title, dispatch = 'independent', bug }: Variant): Manifest {
  const preloads = bug === undefined ? [] : [`bugs/${bug}`];
  return {
    name,
    title,
    sources: ['package.json', 'package-lock.json', 'system', 'metrics'],
    nodes: {
      session: node('session', 'Session layer', 3018, ['http', 'openclaw-session/1'], preloads, {
        OPENCLAW_GATEWAY_URL: '${link:session-gateway}',
      }),
      gateway: node('gateway', 'Gateway core', 3019, ['http', 'openclaw-gateway/1'], preloads, {}),
      runtime: {
        ...node('runtime', 'Skill runtime', 3020, ['http', 'openclaw-ledger/1'], preloads, {
          OPENCLAW_GATEWAY_URL: '${link:runtime-gateway}',
          OPENCLAW_SCHEDULES: '${schedules}',
          OPENCLAW_DISPATCH: dispatch,
        }),
        state: ['state/runtime.sqlite', 'state/runtime.sqlite-wal'],
        smallDisks: [
          { path: 'state', megabytes: 24 },
          { path: 'skills/status', megabytes: 1 },
        ],
      },
    },
    links: {
      'client-session': { from: 'client', to: 'session' },
      'client-gateway': { from: 'client', to: 'gateway' },
      'session-gateway': { from: 'session', to: 'gateway' },
      'runtime-gateway': { from: 'runtime', to: 'gateway' },
    },
    skills: {
      'daily-memory': { requires: [], program: 'skills/daily-memory/run.mjs' },
      'tiktok-poster': { requires: ['gateway'], program: 'skills/tiktok-poster/run.mjs' },
      'health-report': { requires: [], program: 'skills/health-report/run.mjs' },
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
  preloads: readonly string[],
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
      ...tracing,
      ...(preloads.length > 0 && { NODE_OPTIONS: importing(preloads) }),
      ...env,
    },
    pidFile,
    speaks,
    state: [`state/${layer}.db`, `state/${layer}.db-wal`],
    clock: clock(preloads),
  };
}

/** Only nodes whose clock a scenario shifts are started with this one. */
function clock(preloads: readonly string[]): ClockSpec {
  const [offset, applied] = ['run/clock-offset', 'run/clock-applied'];
  return {
    offset,
    applied,
    env: {
      NODE_OPTIONS: importing(['apparatus/shifted-clock', ...preloads]),
      TEST_CLOCK_OFFSET: `\${home}/${offset}`,
      TEST_CLOCK_APPLIED: `\${home}/${applied}`,
    },
  };
}

/** Paths that begin with a dot are looked for in the working folder, which is the one that holds `sources`. */
function importing(modules: readonly string[]): string {
  return modules.map((module) => `--import=./system/manifests/${module}.ts`).join(' ');
}
