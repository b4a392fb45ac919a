/** For tests: a gateway in this process or as a real one, and a client that speaks to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Registry } from 'prom-client';
import type { LayerContext } from '../../layer/lifecycle.ts';
import { createLogger } from '../../layer/logger.ts';
import type { GatewayEvent, RunReport, SkillEntry } from '../../layer/wire.ts';
import { startGateway } from '../gateway.ts';
import type { Limits } from '../limits.ts';
import type { Run } from '../runs/run.ts';
import { checkAnswer } from './answer-check.ts';

export const token = 'secret';
export const skill: SkillEntry = {
  name: 'daily-memory',
  description: 'folds files',
  schedule: 'every: 2s',
  requires: [],
  enabled: true,
  freshWithinMs: null,
};

export function makeHome(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-gateway-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function testContext(): LayerContext {
  const log = createLogger('gateway', 'silent');
  return { name: 'gateway', version: 'test', log, registry: new Registry(), signal: new AbortController().signal };
}

export async function startHere(home: string, limits: Partial<Limits> = {}, onDatabase = (_db: DatabaseSync) => {}) {
  const context = testContext();
  const env = { OPENCLAW_HOME: home, OPENCLAW_TOKEN: token, OPENCLAW_PORT: '0', OPENCLAW_HEARTBEAT_MS: '100' };
  const gateway = await startGateway(context, {
    env,
    limits,
    onDatabase: (db) => {
      // What is to survive a SIGKILL is shown with a gateway that is its own process; here nobody need wait for the disk.
      db.exec('PRAGMA synchronous = OFF');
      onDatabase(db);
    },
  });
  const more = { url: gateway.url, registry: context.registry, close: () => gateway.close() };
  return Object.assign(new TestClient(gateway.url), more);
}

/** The gateway as its own process, by the project's Node. */
export function spawnGateway(env: Readonly<Record<string, string>>): ChildProcess {
  const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const main = new URL('../main.ts', import.meta.url).pathname;
  return spawn(node, [main], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A gateway that is started again need not be compiled again. */
const compileCache = join(tmpdir(), `openclaw-gateway-compiled-${process.getuid?.() ?? 0}`);

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: assertions look into answers of every shape
  readonly body: any;
}

export class TestClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    checkAnswer(method, path, answer);
    return answer;
  }

  async ask(key: string, session?: string): Promise<Run> {
    const { status, body } = await this.call(
      'POST',
      `/v1/skills/${skill.name}/runs`,
      session === undefined ? undefined : { session },
      { 'idempotency-key': key },
    );
    if (status !== 202 && status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.run;
  }

  /** Events after an id, until `count` have come; then the stream is left. */
  async events(after: number, count: number): Promise<GatewayEvent[]> {
    const events: GatewayEvent[] = [];
    for await (const event of readEvents(this.#url, after)) {
      events.push(event);
      if (events.length >= count) break;
    }
    return events;
  }
}

export async function* readEvents(url: string, after: number): AsyncGenerator<GatewayEvent> {
  for await (const { data } of readFrames(url, '', { 'last-event-id': String(after) })) yield data as GatewayEvent;
}

export interface EventFrame {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Partial<GatewayEvent>;
}

export async function* readFrames(
  url: string,
  query: string,
  headers: Record<string, string> = {},
): AsyncGenerator<EventFrame> {
  const response = await fetch(`${url}/v1/events?${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (text + chunk).split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
      const data = field('data');
      if (data !== undefined) yield { id: field('id'), event: field('event'), data: JSON.parse(data) };
    }
  }
}

type Report = Extract<RunReport, { state: 'finished' }>;

export function report(
  id: string,
  more: Partial<Omit<Report, 'state'>> & { state?: RunReport['state'] } = {},
): RunReport {
  const state = more.state ?? 'started';
  const finished = state === 'finished' ? ({ outcome: 'succeeded', finishedAt: 2000 } as const) : {};
  return {
    id,
    skill: skill.name,
    trigger: 'schedule',
    dueAt: 1000,
    attempt: 1,
    startedAt: 1001,
    sequence: state === 'started' ? 1 : 2,
    ...finished,
    ...more,
    state,
  } as RunReport;
}
