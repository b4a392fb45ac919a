/** The configuration file: proxies to start with, as populate takes them. Unlike the original we don't go on without them. */
import { readFile } from 'node:fs/promises';
import { InvalidInput } from '../../errors.ts';
import { apiErrorOf } from './answer.ts';
import { JsonError } from './json/parse.ts';
import type { Logger } from './log.ts';
import type { Proxies } from './proxies.ts';
import type { TcpProxy } from './proxy.ts';
import { type ProxyInput, readProxies } from './proxy-body.ts';

const example = '[{"name": "redis", "listen": "127.0.0.1:26379", "upstream": "127.0.0.1:6379", "enabled": true}]';

/** Rejects with InvalidInput, which names file, place and proxy. Proxies started before a failure are left to the caller to stop. */
export async function populateFromFile(proxies: Proxies, file: string, log: Logger): Promise<void> {
  const body = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw wrong(`${file}: cannot be read: ${error.code ?? error.message}`, 'give the path of a JSON file', error);
  });
  const inputs = parse(file, body);
  const done: TcpProxy[] = [];
  try {
    await proxies.populate(inputs, done);
  } catch (error) {
    const { name, listen } = inputs[done.length] ?? { name: '', listen: '' };
    const which = `proxy ${done.length + 1} ("${name}", listen "${listen}")`;
    const mend = 'give it a free address of this machine to listen on, such as 127.0.0.1:0 for any port';
    throw wrong(`${file}: ${which}: ${apiErrorOf(error).message}`, mend, error);
  }
  log.info({ proxies: done.length }, 'Populated proxies from file');
}

function parse(file: string, body: Buffer): ProxyInput[] {
  try {
    return readProxies(body);
  } catch (error) {
    const place = error instanceof JsonError ? `${file}:${lineAndColumn(body, error.at)}` : file;
    throw wrong(`${place}: ${(error as Error).message}`, `it must be a list of proxies: ${example}`, error);
  }
}

function wrong(message: string, mend: string, cause: unknown): InvalidInput {
  return new InvalidInput('CHAOS_TOXIPROXY_CONFIG', message, { mend, cause });
}

/** Both from 1; columns are bytes. */
function lineAndColumn(body: Buffer, at: number): string {
  const before = body.subarray(0, at).toString('latin1').split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
