/** One question of the corpus, and the short forms in which corpus files write them: a query a line, grouped by what comes back. */

/** What the real server must give, so that a case can't pass by asking nothing. */
export type Expectation = 'result' | 'nothing' | 'annotation' | 'error';

/** What may differ in an answer, because it is not the servers' to decide; each is hidden on both sides. */
export type Jitter = 'order' | 'times' | 'values';

export interface Leeway {
  /** Allowed distance of two numbers, in units of the last place. */
  readonly ulps: number;
  readonly because: string;
}

export interface Case {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly path: string;
  /** `T(300)` in a value stands for the moment 300 s after the base of the history, `NOW` for the moment of judgement; both in Unix seconds. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Sent as it is, instead of the parameters as a form. */
  readonly body?: { readonly contentType: string; readonly text: string };
  readonly expect: Expectation;
  /** Order of a result is free unless PromQL fixes it. */
  readonly jitter: readonly Jitter[];
  readonly leeway?: Leeway;
}

type Options = Partial<Pick<Case, 'expect' | 'jitter' | 'leeway' | 'method'>> & {
  readonly limit?: number;
  readonly lookback?: string;
};

/** Queries at one moment, in seconds after the base of the history. */
export function instant(at: number | 'NOW', lines: string, options: Options = {}): Case[] {
  const time = at === 'NOW' ? 'NOW' : `T(${at})`;
  return queries(lines).map((query) =>
    build(
      `${query} @ ${at}`,
      '/api/v1/query',
      [
        ['query', query],
        ['time', time],
      ],
      options,
    ),
  );
}

/** Queries over a range, in seconds after the base of the history. */
export function range(span: { from: number; to: number; step: number }, lines: string, options: Options = {}): Case[] {
  const { from, to, step } = span;
  return queries(lines).map((query) =>
    build(
      `${query} @ ${from}..${to}/${step}`,
      '/api/v1/query_range',
      [
        ['query', query],
        ['start', `T(${from})`],
        ['end', `T(${to})`],
        ['step', String(step)],
      ],
      // A matrix is sorted by its labels.
      { jitter: [], ...options },
    ),
  );
}

/** A request as a browser's address line shows it: `/api/v1/labels?match[]=up&limit=2`. */
export function requests(lines: string, options: Options = {}): Case[] {
  return queries(lines).map((line) => {
    const [path = '', search = ''] = line.split(/\?(.*)/s);
    const parameters = search === '' ? [] : search.split('&').map((each) => pair(each));
    return build(line, path, parameters, options);
  });
}

/** A body of its own kind. */
export function posted(path: string, text: string, contentType: string, expect: Expectation): Case {
  const name = `POST ${path} ${contentType} ${text}`;
  return { name, method: 'POST', path, parameters: [], body: { contentType, text }, expect, jitter: ['order'] };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function build(
  title: string,
  path: string,
  parameters: readonly (readonly [string, string])[],
  options: Options,
): Case {
  const { limit, lookback, expect = 'result', jitter = ['order'], method = 'GET', leeway } = options;
  const extra: [string, string][] = [];
  if (limit !== undefined) extra.push(['limit', String(limit)]);
  if (lookback !== undefined) extra.push(['lookback_delta', lookback]);
  const suffix = extra.map(([name, value]) => `, ${name}=${value}`).join('');
  return {
    name: `${method === 'GET' ? '' : `${method} `}${title}${suffix}`,
    method,
    path,
    parameters: [...parameters, ...extra],
    expect,
    jitter,
    ...(leeway === undefined ? {} : { leeway }),
  };
}

/** One query a line; empty lines and lines that start with `#` are for the reader. */
function queries(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
