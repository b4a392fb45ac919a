/**
 * A curl for machines that have none: `curl [-s] [-S] [-f] [-m SECONDS] [-o FILE] [--connect-to HOST:PORT:HOST:PORT]… URL`, one GET of
 * http, with curl's exit codes. Any other option is refused (2), so that no script is misunderstood.
 */
import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

/** From curl's manual. */
const exitCodes = {
  usage: 2,
  badUrl: 3,
  noHost: 6,
  refused: 7,
  httpError: 22,
  writeError: 23,
  timedOut: 28,
  noAnswer: 52,
  receiveError: 56,
} as const;

class CurlError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const options = {
  silent: { type: 'boolean', short: 's' },
  'show-error': { type: 'boolean', short: 'S' },
  fail: { type: 'boolean', short: 'f' },
  'max-time': { type: 'string', short: 'm' },
  output: { type: 'string', short: 'o' },
  'connect-to': { type: 'string', multiple: true },
} as const;

let quiet = false;
try {
  const { values, positionals } = readArguments();
  quiet = values.silent === true && values['show-error'] !== true;
  const [text = '', ...more] = positionals;
  if (text === '' || more.length > 0) throw new CurlError(exitCodes.usage, 'give one URL');
  await fetchUrl(text, values);
} catch (error) {
  const exitCode = error instanceof CurlError ? error.exitCode : exitCodes.receiveError;
  if (!quiet) process.stderr.write(`curl: (${exitCode}) ${(error as Error).message}\n`);
  process.exit(exitCode);
}

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new CurlError(exitCodes.usage, (error as Error).message);
  }
}

async function fetchUrl(text: string, values: ReturnType<typeof readArguments>['values']): Promise<void> {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.protocol !== 'http:') throw new CurlError(exitCodes.badUrl, `not an http URL: ${text}`);
  const seconds = values['max-time'] === undefined ? 0 : Number(values['max-time']);
  if (!(seconds >= 0))
    throw new CurlError(exitCodes.usage, `--max-time: not a number of seconds: ${values['max-time']}`);
  if (seconds > 0)
    setTimeout(fail, seconds * 1_000, new CurlError(exitCodes.timedOut, `no end after ${seconds} s`)).unref();
  const { host, port } = whereTo(url, values['connect-to'] ?? []);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  function fail(error: Error): void {
    reject(error);
  }
  // The Host header says what was asked for, wherever it is dialled.
  const request = get({ host, port, path: url.pathname + url.search, headers: { host: url.host }, agent: false });
  request.on('error', (error: NodeJS.ErrnoException) => reject(new CurlError(exitCodeOf(error), error.message)));
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    if (values.fail === true && status >= 400) {
      reject(new CurlError(exitCodes.httpError, `the server answered ${status}`));
      return;
    }
    const output = values.output === undefined ? process.stdout : createWriteStream(values.output);
    output.on('error', ({ message }) => reject(new CurlError(exitCodes.writeError, message)));
    pipeline(response, output, { end: values.output !== undefined }).then(resolve, ({ message }: Error) =>
      reject(new CurlError(exitCodes.receiveError, message)),
    );
  });
  await promise;
}

function whereTo({ hostname, port }: URL, leads: readonly string[]): { host: string; port: number } {
  const asked = `${hostname}:${port || 80}:`;
  const lead = leads.find((it) => it.startsWith(asked))?.slice(asked.length);
  const [host = hostname, to = port || '80'] = lead?.split(':') ?? [];
  return { host, port: Number(to) };
}

function exitCodeOf({ code, message }: NodeJS.ErrnoException): number {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return exitCodes.noHost;
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return exitCodes.refused;
  return message === 'socket hang up' ? exitCodes.noAnswer : exitCodes.receiveError;
}
