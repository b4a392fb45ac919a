/** Where a Docker engine may listen, in the order in which Testcontainers looks, and whether anything answers there. */
import { existsSync, readFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface Attempt {
  /** As it would be written into DOCKER_HOST. */
  readonly endpoint: string;
  /** Why nothing answers there; undefined if something does. */
  readonly failure: string | undefined;
}

/** A hung or far away engine must not keep `auto` from going on without it. */
const answerWithinMs = 2_000;

/** If one is configured no other is tried. */
export function endpoints(env: Readonly<NodeJS.ProcessEnv> = process.env, home = homedir()): readonly string[] {
  const properties = textOf(join(home, '.testcontainers.properties'));
  const configured = property(properties, 'tc.host') ?? (env.DOCKER_HOST || property(properties, 'docker.host'));
  if (configured) return [configured];
  if (process.platform === 'win32') return ['npipe:////./pipe/docker_engine'];
  const rootless = [
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    `/run/user/${userInfo().uid}/docker.sock`,
  ];
  return ['/var/run/docker.sock', ...rootless.filter((path) => existsSync(path)).slice(0, 1)].map(
    (path) => `unix://${path}`,
  );
}

/** Asks all of them at once. */
export function tryEndpoints(given: readonly string[] = endpoints(), withinMs = answerWithinMs): Promise<Attempt[]> {
  return Promise.all(
    given.map(async (endpoint) => ({
      endpoint,
      failure: await ping(endpoint, withinMs).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => reasonOf(error, withinMs),
      ),
    })),
  );
}

/** Rejects if nobody answers. */
async function ping(endpoint: string, withinMs: number): Promise<void> {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const signal = AbortSignal.timeout(withinMs);
  const ask = (place: RequestOptions) =>
    get({ ...place, path: '/_ping', signal }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`what answers there (HTTP ${response.statusCode}) is no engine, or not well`));
    }).on('error', reject);
  if (protocol === 'unix:') ask({ socketPath: pathname });
  else if (protocol === 'npipe:') ask({ socketPath: pathname.replace(/^\/+/, '//') });
  else if (protocol === 'tcp:' && process.env.DOCKER_TLS_VERIFY !== '1') ask({ host: hostname, port });
  else {
    // What is spoken there takes keys, which Testcontainers reads; that somebody listens is all that is asked here.
    const socket = connect({ host: hostname, port: Number(port || 2376), signal }, () => {
      socket.destroy();
      resolve();
    }).on('error', reject);
  }
  await promise;
}

function reasonOf(error: NodeJS.ErrnoException, withinMs: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${withinMs / 1000} s`;
  if (error.code === 'ENOENT') return 'no such socket';
  if (error.code === 'EACCES') return 'not permitted; is your user in the group docker?';
  if (error.code === 'ECONNREFUSED') return 'nobody listens';
  return error.message;
}

function property(text: string, name: string): string | undefined {
  const line = text.split('\n').find((each) => each.trim().startsWith(`${name}=`));
  return line?.slice(line.indexOf('=') + 1).trim() || undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
