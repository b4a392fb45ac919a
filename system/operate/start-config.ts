/** What `npm start` is told by the environment, and what it tells each layer. */
import { join } from 'node:path';
import { baseConfig, loadConfig, port } from '../layer/config.ts';
import { defaultPorts, type LayerName, layerNames, type Urls, urlsOf } from './addresses.ts';

/** `OPENCLAW_SESSION_PORT` and so on: in place of a layer's `OPENCLAW_PORT`. */
const shape = {
  home: baseConfig.home,
  host: baseConfig.host,
  token: baseConfig.token,
  sessionPort: port(defaultPorts.session),
  gatewayPort: port(defaultPorts.gateway),
  runtimePort: port(defaultPorts.runtime),
};

export interface StartConfig {
  readonly home: string;
  readonly host: string;
  readonly token: string | undefined;
  readonly ports: Readonly<Record<LayerName, number>>;
  readonly urls: Urls;
}

/** Throws ConfigError. */
export function startConfig(env: Readonly<NodeJS.ProcessEnv> = process.env): StartConfig {
  const { home, host, token, sessionPort, gatewayPort, runtimePort } = loadConfig(shape, env);
  const ports = { session: sessionPort, gateway: gatewayPort, runtime: runtimePort };
  return { home, host, token, ports, urls: urlsOf(host, ports) };
}

export function portVariable(layer: LayerName): string {
  return `OPENCLAW_${layer.toUpperCase()}_PORT`;
}

export function layerEnvironment(layer: LayerName, config: StartConfig, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { OPENCLAW_PORT: _port, ...rest } = env;
  return {
    // Supervisors too: without the compiler they take up a third less memory.
    NODE_COMPILE_CACHE: join(config.home, 'run', 'compile-cache'),
    ...rest,
    OPENCLAW_HOME: config.home,
    OPENCLAW_HOST: config.host,
    OPENCLAW_PORT: String(config.ports[layer]),
    OPENCLAW_GATEWAY_URL: config.urls.gateway,
  };
}

export function pidFileOf(home: string, layer: LayerName): string {
  return join(home, 'run', `${layer}.pid`);
}

/** Two layers on one port would take turns at failing. */
export function samePorts(ports: StartConfig['ports']): string | undefined {
  const twice = layerNames.filter((layer) =>
    layerNames.some((other) => other !== layer && ports[other] === ports[layer]),
  );
  if (twice.length === 0) return undefined;
  return `${twice.map(portVariable).join(' and ')} are the same: give each layer a port of its own`;
}
