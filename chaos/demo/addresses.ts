/** Where everything of a running demo is to be found, and how it is talked to, as lines. Pure. */
import { relative } from 'node:path';
import type { Manifest } from '../manifest.ts';
import { spokenBy } from '../observe/views.ts';
import type { Platform } from '../platform/platform.ts';

export interface Whereabouts {
  readonly manifest: Manifest;
  readonly platform: Pick<Platform, 'name' | 'prometheusUrl' | 'linkAddress' | 'observerAddress'>;
  readonly token: string;
  /** Undefined: no spans are sent. */
  readonly collector: string | undefined;
  readonly runId: string;
  readonly runDir: string;
  /** What paths are shown relative to. */
  readonly root: string;
}

export function addressLines(whereabouts: Whereabouts): readonly string[] {
  const { manifest, platform, token, collector, runId, runDir, root } = whereabouts;
  const session = spokenBy(manifest, 'openclaw-session/1')?.link;
  const gateway = spokenBy(manifest, 'openclaw-gateway/1')?.link;
  const rows: (readonly [string, string] | undefined)[] = [
    ['Prometheus', `${platform.prometheusUrl}  (alerts: /api/v1/alerts)`],
    ...Object.entries(manifest.nodes).map(
      ([node, { healthPath }]) => [node, `http://${platform.observerAddress(node)}${healthPath}`] as const,
    ),
    session === undefined ? undefined : ['WebSocket', `ws://${platform.linkAddress(session)}/ws`],
    gateway === undefined ? undefined : ['gateway API', `http://${platform.linkAddress(gateway)}/v1/skills`],
    ['token', `${token}  (a throw-away: with this demo it ends)`],
    collector === undefined ? undefined : ['spans', `to ${collector}`],
    ['logs', logsOf(platform.name, runId, relative(root, runDir))],
  ];
  const known = rows.filter((row) => row !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

function logsOf(platform: Platform['name'], runId: string, runDir: string): string {
  return platform === 'docker' ? `docker logs openclaw-chaos-${runId}-gateway` : `${runDir}/output/`;
}
