/** Why a target could not be scraped, worded as Prometheus words it, so that `lastError` reads the same. */

export class ScrapeError extends Error {}

/** What a request that got no answer died of; `reading` says that its answer had begun. */
export function scrapeError(error: unknown, url: string, reading: boolean): ScrapeError {
  if (error instanceof ScrapeError) return error;
  const cause = firstOf(error);
  const words = wordsOf(cause, new URL(url));
  return new ScrapeError(reading ? words : `Get "${url}": ${words}`, { cause });
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

function wordsOf({ code, message }: Failure, { host, hostname, port }: URL): string {
  const dial = `dial tcp ${port === '' ? `${host}:80` : host}: connect:`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${dial} connection refused`;
    case 'EHOSTUNREACH':
      return `${dial} no route to host`;
    case 'ENETUNREACH':
      return `${dial} network is unreachable`;
    case 'ETIMEDOUT':
      return `${dial} connection timed out`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${hostname}: no such host`;
    case 'EPIPE':
      return `write tcp ${host}: write: broken pipe`;
    case 'ECONNRESET':
      // Node has one code for the end of a connection and for its reset.
      if (message === 'socket hang up') return 'EOF';
      return message === 'aborted' ? 'unexpected EOF' : `read tcp ${host}: read: connection reset by peer`;
    case 'Z_DATA_ERROR':
      return 'gzip: invalid header';
    case 'Z_BUF_ERROR':
      return 'unexpected EOF';
    default:
      return code.startsWith('HPE_') ? `malformed HTTP response: ${message}` : message;
  }
}

/** A name with two addresses fails once for each. */
function firstOf(error: unknown): Failure {
  const one = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  if (!(one instanceof Error)) return { code: '', message: String(one) };
  return { code: 'code' in one && typeof one.code === 'string' ? one.code : '', message: one.message };
}
