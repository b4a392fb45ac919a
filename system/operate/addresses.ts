/** Where the layers are and with what token they are asked: from the environment, else as `npm start` wrote it down, else the defaults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { baseConfig, loadConfig } from '../layer/config.ts';
import { readToken } from '../layer/token-file.ts';

export const layerNames = ['session', 'gateway', 'runtime'] as const;
export type LayerName = (typeof layerNames)[number];
export type Urls = Readonly<Record<LayerName, string>>;

export const defaultPorts: Readonly<Record<LayerName, number>> = { session: 3018, gateway: 3019, runtime: 3020 };

export interface Operated {
  readonly home: string;
  readonly urls: Urls;
  /** Undefined: none was set, and the home has none yet. */
  readonly token: string | undefined;
  /** Unix ms at which `npm start` began the runtime; null if something else did. */
  readonly startedAt: number | null;
}

const url = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:3019' })
  .transform((text) => text.replace(/\/+$/, ''));
const shape = {
  home: baseConfig.home,
  token: baseConfig.token,
  sessionUrl: url.optional(),
  gatewayUrl: url.optional(),
  runtimeUrl: url.optional(),
};

/** What `npm start` keeps in `run/start.json` while it runs. */
export const startRecord = z.object({
  pid: z.int().positive(),
  startedAt: z.int(),
  urls: z.object({ session: z.string(), gateway: z.string(), runtime: z.string() }),
});
export type StartRecord = z.infer<typeof startRecord>;

export function startRecordFile(home: string): string {
  return join(home, 'run', 'start.json');
}

/** Throws ConfigError. */
export function operated(env: Readonly<NodeJS.ProcessEnv> = process.env): Operated {
  const { home, token, sessionUrl, gatewayUrl, runtimeUrl } = loadConfig(shape, env);
  const record = readStartRecord(home);
  const started = record?.urls ?? urlsOf('127.0.0.1', defaultPorts);
  return {
    home,
    token: token ?? tokenOf(home),
    startedAt: runtimeUrl === undefined ? (record?.startedAt ?? null) : null,
    urls: {
      session: sessionUrl ?? started.session,
      gateway: gatewayUrl ?? started.gateway,
      runtime: runtimeUrl ?? started.runtime,
    },
  };
}

/** Undefined if there is none, or nothing that can be read. */
export function readStartRecord(home: string): StartRecord | undefined {
  try {
    return startRecord.parse(JSON.parse(readFileSync(startRecordFile(home), 'utf8')));
  } catch {
    return undefined;
  }
}

/** As somebody on this machine reaches what listens at `host`. */
export function urlsOf(host: string, ports: Readonly<Record<LayerName, number>>): Urls {
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const name = reached.includes(':') && !reached.startsWith('[') ? `[${reached}]` : reached;
  const at = (layer: LayerName) => `http://${name}:${ports[layer]}`;
  return { session: at('session'), gateway: at('gateway'), runtime: at('runtime') };
}

function tokenOf(home: string): string | undefined {
  try {
    return readToken(join(home, 'state', 'token'));
  } catch {
    // Another user's, or no file at all: the layers' answer will say that a token is needed.
    return undefined;
  }
}
