/** What every platform must do, as a suite that each back end's own test runs: start, faults and their proofs, undo, recovery, nothing left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sendCanary } from '../faults/canary.ts';
import { type FaultSpec, faultOf } from '../faults/registry.ts';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { fixture } from './fixture/manifest.ts';
import { faultContext, startRequest } from './fixture/requests.ts';
import type { Platform, PlatformProvider } from './platform.ts';

const root = join(import.meta.dirname, '..', '..');

interface Case {
  readonly spec: FaultSpec;
  readonly forMs?: number;
  /** What a user of the fixture meets while the fault stands, told by a canary or by the platform. */
  effect?(platform: Platform): Promise<void>;
}

const outcome = async (platform: Platform, link: string) =>
  (await sendCanary(platform.linkAddress(link), '/health', 300)).outcome;

const cases: readonly Case[] = [
  {
    spec: { kind: 'link-down', links: ['client-front'] },
    effect: async (platform) => expect(['refused', 'closed']).toContain(await outcome(platform, 'client-front')),
  },
  {
    spec: { kind: 'link-blackhole', links: ['client-front', 'front-back'] },
    effect: async (platform) => expect(await outcome(platform, 'front-back')).toBe('silent'),
  },
  {
    spec: { kind: 'latency', links: ['client-back'], latencyMs: 600, jitterMs: 50 },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('silent'),
  },
  { spec: { kind: 'link-reset', links: ['client-front', 'client-back'], everyMs: 300 }, forMs: 2_000 },
  {
    spec: { kind: 'partition', groups: [['client', 'back'], ['front']], mode: 'refuse' },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('answered'),
  },
  {
    spec: { kind: 'partition', groups: [['client'], ['front', 'back']], mode: 'blackhole' },
    effect: async (platform) => expect(await outcome(platform, 'client-back')).toBe('silent'),
  },
  {
    spec: { kind: 'hang', nodes: ['front'] },
    effect: async (platform) => expect(await outcome(platform, 'client-front')).toBe('silent'),
  },
  {
    spec: { kind: 'outage', nodes: ['back'] },
    effect: async (platform) => {
      // Longer than a restart policy takes to bring a container back.
      await sleep(2_000);
      expect(await platform.process('back')).toBeUndefined();
    },
  },
  { spec: { kind: 'kill', nodes: ['front', 'back'] } },
  { spec: { kind: 'kill', nodes: ['back'], everyMs: 1_000, whileSkillRuns: true }, forMs: 5_000 },
  { spec: { kind: 'crash', nodes: ['front'] } },
  {
    spec: { kind: 'stop', nodes: ['back'] },
    effect: async (platform) => expect(await readFile(join(platform.home('back'), 'farewells'), 'utf8')).toBe('back\n'),
  },
];

/** Two runs of the fixture are started: call it once in a test file. */
export function describePlatform(provider: PlatformProvider): void {
  describe(`platform ${provider.name}`, () => {
    let platform: Platform;
    let recorder: Server;
    const runId = `contract-${process.pid}-${Date.now().toString(36)}`;
    const runDir = newRunDir(runId);

    beforeAll(async () => {
      recorder = createServer((_, response) => {
        response.setHeader('content-type', 'text/plain; version=0.0.4').end('fixture_recorder 7\n');
      });
      await once(recorder.listen(0, '0.0.0.0'), 'listening');
      const recorderPort = (recorder.address() as AddressInfo).port;
      platform = await provider.start(startRequest({ runId, runDir, root, recorderPort }));
    }, 300_000);

    afterAll(async () => {
      await platform?.[Symbol.asyncDispose]();
      recorder?.close();
      await rm(runDir, { recursive: true, force: true });
    });

    it('has a proxy per link and an observer per node, and each leads to its node', async () => {
      const names = await toxiproxyOf(platform).proxyNames();
      expect(names).toEqual(expect.arrayContaining(['client-front', 'front-back', 'observer-front', 'observer-back']));
      expect(await nameBehind(platform.linkAddress('client-front'))).toBe('front');
      expect(await nameBehind(platform.linkAddress('front-back'))).toBe('back');
      expect(await nameBehind(platform.observerAddress('back'))).toBe('back');
    });

    it('fills what the manifest leaves open', async () => {
      const response = await fetch(`http://${platform.observerAddress('front')}/health`);
      const { env } = (await response.json()) as { env: Record<string, string> };
      expect(env).toMatchObject({
        FIXTURE_PORT: '3018',
        FIXTURE_TOKEN: 'a-token',
        FIXTURE_SCHEDULES: '{"tidy":"every: 1s"}',
      });
      expect(env.FIXTURE_BACK_URL).toMatch(/^http:\/\/[^/]+:\d+$/);
    });

    it('has a Prometheus that scrapes the recorder and every node', async () => {
      await vi.waitFor(
        async () => {
          expect(await query(platform, 'up{job="system"}')).toEqual({ front: '1', back: '1' });
          expect(await query(platform, 'fixture_recorder{job="chaos"}')).toEqual({ '': '7' });
        },
        { timeout: 15_000, interval: 250 },
      );
    });

    it("gives an operator a shell with the system's home and ports", async () => {
      const { stdout, exitCode } = await platform.shell(
        'curl -s http://localhost:3019/health; ls ~/.openclaw; exit 3',
        5_000,
      );
      expect(stdout).toContain('"name":"back"');
      expect(stdout).toContain('state');
      expect(exitCode).toBe(3);
      expect((await platform.shell('sleep 20', 500)).exitCode).not.toBe(0);
    });

    it('reads the end of a log', async () => {
      expect(await platform.logs('front', 1_000)).toContain('front listens');
      expect(Buffer.byteLength(await platform.logs('front', 5))).toBe(5);
    });

    for (const { spec, forMs = 0, effect } of cases) {
      const title = `${spec.kind} ${JSON.stringify({ ...spec, kind: undefined })}`;

      it(`${title}: takes effect, proves it, and is undone`, async () => {
        await whole(platform);
        const blows: string[] = [];
        const skillRunning = async () => 'tidy@1';
        const prepared = faultOf(spec).prepare(
          spec,
          faultContext(platform, { forMs, skillRunning, onBlow: (it) => blows.push(it) }),
        );
        await prepared.baseline();
        await prepared.inject();
        expect(await prepared.prove()).toMatchObject({ proved: true });
        await effect?.(platform);
        if ('everyMs' in spec) expect(blows.length).toBeGreaterThanOrEqual(2);
        for (const step of [...prepared.undo, ...prepared.undo].reverse()) await platform.undo(step);
        await whole(platform);
      });
    }

    it('proves none of its faults when nothing was injected', async () => {
      await whole(platform);
      const proved = await Promise.all(
        cases.map(async ({ spec, forMs = 0 }) => {
          const prepared = faultOf(spec).prepare(
            spec,
            faultContext(platform, { forMs, skillRunning: async () => 'tidy@1' }),
          );
          await prepared.baseline();
          return (await prepared.prove()).proved ? [spec.kind] : [];
        }),
      );
      expect(proved.flat()).toEqual([]);
    }, 60_000);

    it('says so when Prometheus was stopped', async () => {
      await platform.stopPrometheus();
      await expect(query(platform, 'up')).rejects.toThrow();
    });

    it('leaves nothing behind, and a home that can be read and removed', async () => {
      await platform[Symbol.asyncDispose]();
      expect(await provider.recover(runId)).toEqual([]);
      expect(await readFile(join(platform.home('front'), 'state', 'server.pid'), 'utf8')).toMatch(/^\d+\n$/);
    });
  });

  describe(`recovery on platform ${provider.name}`, () => {
    it('removes what a harness left that was killed in the middle of its faults, but not while it lives', async () => {
      const runId = `killed-${process.pid}-${Date.now().toString(36)}`;
      const runDir = newRunDir(runId);
      await mkdir(runDir, { recursive: true });
      const script = join(import.meta.dirname, 'fixture', 'harness.ts');
      const child = spawn(process.execPath, [script, provider.name, runId, runDir, root], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      try {
        await lineOf(child.stdout, 'faults stand');
        const said = (await provider.recover()).filter((line) => line.startsWith(runId));
        expect(said).toEqual([expect.stringContaining('left alone')]);
      } finally {
        child.kill('SIGKILL');
        await exited;
      }
      const said = (await provider.recover()).filter((line) => line.startsWith(runId)).join('\n');
      expect(said).toContain('fault link-blackhole');
      expect(said).toContain('fault hang');
      expect(said).toContain('removed');
      expect(await provider.recover(runId)).toEqual([]);
      await rm(runDir, { recursive: true });
    }, 120_000);
  });
}

function newRunDir(runId: string): string {
  return join(root, '.chaos', 'runs', runId);
}

/** Every link answers, and no process is stopped. */
async function whole(platform: Platform): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const link of Object.keys(fixture.links)) expect(await outcome(platform, link)).toBe('answered');
      for (const node of Object.keys(fixture.nodes)) expect((await platform.process(node))?.state).toMatch(/[RSD]/);
    },
    { timeout: 20_000, interval: 100 },
  );
}

async function nameBehind(address: string): Promise<unknown> {
  const response = await fetch(`http://${address}/health`);
  return ((await response.json()) as { name: unknown }).name;
}

/** Value by layer. */
async function query(platform: Platform, promql: string): Promise<Record<string, string>> {
  const url = `${platform.prometheusUrl}/api/v1/query?query=${encodeURIComponent(promql)}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const { data } = (await response.json()) as {
    data: { result: { metric: { layer?: string }; value: [number, string] }[] };
  };
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric.layer ?? '', value[1]]));
}

async function lineOf(stream: NodeJS.ReadableStream, wanted: string): Promise<void> {
  const seen: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (line === wanted) return;
    seen.push(line);
  }
  throw new Error(`the harness ended before it said '${wanted}'; it said:\n${seen.join('\n')}`);
}
