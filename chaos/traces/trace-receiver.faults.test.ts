/** The way to the collector under faults, with the whole system running: slots run on time and messages are acknowledged, whatever becomes of the spans. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { availableProvider, root, runsDir } from '../commands/prepare.ts';
import { httpText } from '../drivers/http-json.ts';
import { SessionClient } from '../drivers/session-client.ts';
import { startTrace } from '../drivers/trace-start.ts';
import { loadManifest } from '../input/load.ts';
import type { Manifest } from '../manifest.ts';
import type { Platform } from '../platform/platform.ts';
import { type ToxicSpec, ToxiproxyClient } from '../toxiproxy/client.ts';
import { startToxiproxy } from '../toxiproxy/server/server.ts';
import { SpanBook } from './span-book.ts';
import { TraceReceiver } from './trace-receiver.ts';

const link = 'collector';
const skill = 'daily-memory';
const faultMs = 3_000;
/** Who waited for the collector, or gave it up only after its time, would come later. */
const onTimeMs = 2_500;

const onAnswers = { name: 'fault', stream: 'downstream' } as const;
const withToxic = (given: ToxicSpec) => ({
  inject: () => toxiproxy.addToxic(link, given),
  heal: () => toxiproxy.removeToxic(link, given.name),
});

const faults = {
  'refuses connections': {
    inject: () => toxiproxy.setEnabled(link, false),
    heal: () => toxiproxy.setEnabled(link, true),
  },
  'swallows everything': withToxic({ ...onAnswers, type: 'timeout', attributes: { timeout: 0 } }),
  'takes 8 s for each answer': withToxic({ ...onAnswers, type: 'latency', attributes: { latency: 8_000, jitter: 0 } }),
  'resets connections': withToxic({ ...onAnswers, type: 'reset_peer', attributes: { timeout: 0 } }),
};

const releases = new AsyncDisposableStack();
let book: SpanBook;
let toxiproxy: ToxiproxyClient;
let manifest: Manifest;
let platform: Platform;
let client: SessionClient;

beforeAll(async () => {
  book = new SpanBook(() => {}, Number.POSITIVE_INFINITY);
  const receiver = releases.use(await TraceReceiver.start(book));
  const server = await startToxiproxy({ seed: 1n });
  releases.defer(() => server.stop());
  toxiproxy = new ToxiproxyClient(server.url);
  await toxiproxy.createProxy({ name: link, listen: '127.0.0.1:0', upstream: `127.0.0.1:${receiver.port}` });
  const { listen } = (await (await fetch(`${server.url}/proxies/${link}`)).json()) as { readonly listen: string };
  const collectorPort = Number(listen.split(':')[1]);
  manifest = impatient((await loadManifest('resilient', root)).loaded as Manifest);
  const runId = `collector-${process.pid}-${Date.now().toString(36)}`;
  const runDir = join(runsDir, runId);
  const { provider } = await availableProvider('local');
  const schedules = { [skill]: 'every: 1s' };
  const token = 'a-token-of-the-collector-test';
  const onProgress = () => {};
  platform = await provider.start({
    runId,
    runDir,
    manifest,
    root,
    schedules,
    token,
    recorderPort: 1,
    collectorPort,
    onProgress,
  });
  releases.defer(async () => {
    await platform[Symbol.asyncDispose]();
    await rm(runDir, { recursive: true, force: true });
  });
  client = releases.use(new SessionClient({ address: () => platform.linkAddress('client-session'), token }));
  await vi.waitFor(() => expect(book.summary.spans).toBeGreaterThan(0), { timeout: 30_000, interval: 100 });
}, 120_000);

afterAll(() => releases[Symbol.asyncDispose]());

describe('a collector whose link', () => {
  it.each(Object.entries(faults))(
    '%s: costs spans, and nothing else',
    async (name, { inject, heal }) => {
      const lost = await spansThat(/failed|dropped/);
      const fromMs = Date.now();
      await inject();
      const sent = await sendFor(faultMs, name);
      const toMs = Date.now();
      // Else the link was not really cut, and the rest would prove nothing.
      await untilMore(/failed|dropped/, lost);
      await vi.waitFor(() => expect([...client.acknowledged.keys()]).toEqual(expect.arrayContaining(sent)), {
        timeout: 10_000,
      });
      await heal();
      await vi.waitFor(async () => expect(await late(fromMs, toMs)).toEqual([]), { timeout: 10_000, interval: 200 });
      // None of them is still busy with what was lost.
      await untilMore(/exported/, await spansThat(/exported/));
    },
    90_000,
  );
});

/** Gives a batch up after three seconds: soon enough to be seen, late enough to show in a slot that waits for it. */
function impatient(given: Manifest): Manifest {
  const nodes = Object.entries(given.nodes).map(([name, node]) => {
    return [
      name,
      { ...node, env: { ...node.env, OTEL_EXPORTER_OTLP_TIMEOUT: '3000', OTEL_BSP_EXPORT_TIMEOUT: '3000' } },
    ];
  });
  return { ...given, nodes: Object.fromEntries(nodes) };
}

/** Ids of the messages. */
async function sendFor(ms: number, name: string): Promise<string[]> {
  const ids: string[] = [];
  for (const endMs = Date.now() + ms; Date.now() < endMs; ) {
    const id = `${name} ${ids.length}`;
    expect(client.post(id, { id }, startTrace().traceparent)).toBe(true);
    ids.push(id);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return ids;
}

/** Of each layer, as it counts them itself. */
async function spansThat(results: RegExp): Promise<readonly number[]> {
  return Promise.all(
    Object.entries(manifest.nodes).map(async ([node, { metricsPath }]) => {
      const request = { address: platform.observerAddress(node), path: metricsPath, timeoutMs: 5_000 };
      const { text } = await httpText(request);
      return [...text.matchAll(/^openclaw_spans_total\{.*result="(\w+)".*\} (\S+)$/gm)]
        .filter(([, result = '']) => results.test(result))
        .reduce((sum, [, , count]) => sum + Number(count), 0);
    }),
  );
}

/** Each layer has more of them than it had. */
async function untilMore(results: RegExp, before: readonly number[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const now = await spansThat(results);
      expect(now.map((count, layer) => count > (before[layer] ?? 0))).toEqual(now.map(() => true));
    },
    { timeout: 30_000, interval: 200 },
  );
}

/** Slots due in between that did not start on time, by what the skill itself wrote. */
async function late(fromMs: number, toMs: number): Promise<readonly number[]> {
  const text = await readFile(join(platform.home('runtime'), 'effects', `${skill}.ndjson`), 'utf8');
  const effects = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly slot: number; readonly startedAt: number });
  const started = new Map(effects.map(({ slot, startedAt }) => [slot, startedAt - slot]));
  const due = Array.from({ length: 100 }, (_, n) => (Math.ceil(fromMs / 1_000) + n) * 1_000).filter((ms) => ms < toMs);
  expect(due.length).toBeGreaterThanOrEqual(2);
  return due.filter((slot) => (started.get(slot) ?? Number.POSITIVE_INFINITY) > onTimeMs);
}
