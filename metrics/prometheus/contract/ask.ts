/** Asks one server one question of the corpus, and gives the answer with what is the server's own (ports, folders, start) under one name. */
import type { Case } from './case.ts';

/** A server, and what differs between it and the other although nobody decided it. */
export interface Side {
  readonly url: string;
  readonly baseMs: number;
  readonly nowMs: number;
  /** Texts of this side only → the name that both get. */
  readonly own: ReadonlyMap<string, string>;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string | null;
  readonly allow: string | null;
  readonly text: string;
}

const deadlineMs = 15_000;

export async function ask(one: Case, side: Side): Promise<Reply> {
  const parameters = new URLSearchParams();
  for (const [name, value] of one.parameters) parameters.append(name, moments(value, side));
  const url = new URL(one.path, side.url);
  const init: RequestInit = { method: one.method, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) };
  if (one.body !== undefined) {
    url.search = parameters.toString();
    init.body = moments(one.body.text, side);
    init.headers = { 'content-type': one.body.contentType };
  } else if (one.method === 'POST') init.body = parameters;
  else url.search = parameters.toString();
  const response = await fetch(url, init);
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    allow: response.headers.get('allow'),
    text: named(await response.text(), side.own),
  };
}

/** Puts moments in place of `T(seconds)` and `NOW`. */
function moments(text: string, side: Pick<Side, 'baseMs' | 'nowMs'>): string {
  return text
    .replaceAll(/\bT\((-?[\d.]+)\)/g, (_, seconds: string) => String(side.baseMs / 1_000 + Number(seconds)))
    .replaceAll(/\bNOW\b/g, (side.nowMs / 1_000).toFixed(3));
}

function named(text: string, own: Side['own']): string {
  let result = text;
  for (const [mine, name] of own) result = result.replaceAll(mine, name);
  return result;
}
