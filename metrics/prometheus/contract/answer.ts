/** What a reply says, in a form that can be compared: JSON with its numbers as they were written, and without what is free to differ. */
import type { Reply } from './ask.ts';
import type { Expectation, Jitter } from './case.ts';

export type Json = null | boolean | string | Json[] | { [key: string]: Json };

/** Fields whose value is the moment or the duration of something that the server did. */
const momentFields = new Set([
  'activeAt',
  'keepFiringSince',
  'lastEvaluation',
  'evaluationTime',
  'lastScrape',
  'lastScrapeDuration',
]);

/** Canonical form of a reply's body: the text itself if it is no JSON. */
export function contentOf(reply: Reply, jitter: readonly Jitter[]): Json {
  let body: Json;
  try {
    body = parse(reply.text);
  } catch {
    return reply.text;
  }
  if (!isObject(body)) return body;
  const content = { ...body };
  for (const list of ['warnings', 'infos']) {
    // Annotations come out of a map: their order is chance.
    if (Array.isArray(content[list])) content[list] = sorted(content[list]);
  }
  if (content.data !== undefined) content.data = withoutJitter(content.data, jitter);
  return content;
}

/** What kind of answer this is, or `undefined` for one of no kind that the API knows. */
export function kindOf(reply: Reply): Expectation | undefined {
  const content = contentOf(reply, []);
  if (reply.status >= 400 || (isObject(content) && content.status === 'error')) return 'error';
  if (!isObject(content)) return typeof content === 'string' && content !== '' ? 'result' : 'nothing';
  if (isFilled(content.warnings) || isFilled(content.infos)) return 'annotation';
  const data = content.data;
  return isFilled(isObject(data) && 'result' in data ? data.result : data) ? 'result' : 'nothing';
}

function isFilled(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.values(value).some(isFilled) : typeof value === 'string';
}

function parse(text: string): Json {
  // TypeScript doesn't know the third argument yet: the source text of a primitive.
  const reviver = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  return JSON.parse(text, reviver) as Json;
}

function withoutJitter(data: Json, jitter: readonly Jitter[]): Json {
  const result = jitter.includes('times') ? withoutMoments(data) : data;
  if (Array.isArray(result)) return list(result, jitter);
  if (!isObject(result)) return result;
  // Between groups, the order of alerts is that of a map: chance.
  if (Array.isArray(result.alerts)) return { ...result, alerts: sorted(result.alerts) };
  if (!('resultType' in result)) return result;
  const shape = result.resultType;
  let rows = result.result ?? null;
  if (shape === 'scalar' || shape === 'string') rows = sample(rows, jitter);
  else if (Array.isArray(rows)) {
    rows = rows.map((row) => withoutSamples(row, jitter));
    if (jitter.includes('order')) rows = sorted(rows as Json[]);
  }
  return { ...result, result: rows };
}

function list(names: readonly Json[], jitter: readonly Jitter[]): Json[] {
  if (jitter.includes('values')) return names.map(() => '<value>');
  return jitter.includes('order') ? sorted(names) : [...names];
}

function withoutSamples(row: Json, jitter: readonly Jitter[]): Json {
  if (!isObject(row)) return row;
  const { value, values } = row;
  return {
    ...row,
    ...(value === undefined ? {} : { value: sample(value, jitter) }),
    ...(Array.isArray(values) ? { values: values.map((each) => sample(each, jitter)) } : {}),
  };
}

function sample(pair: Json, jitter: readonly Jitter[]): Json {
  if (!Array.isArray(pair) || pair.length !== 2) return pair;
  const [time = null, value = null] = pair;
  return [jitter.includes('times') ? '<time>' : time, jitter.includes('values') ? '<value>' : value];
}

function withoutMoments(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutMoments);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, momentFields.has(key) ? '<moment>' : withoutMoments(each)]),
  );
}

function sorted(list: readonly Json[]): Json[] {
  return list
    .map((each) => [JSON.stringify(each), each] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, each]) => each);
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
