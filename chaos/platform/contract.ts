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
import { faultOf } from '../faults/registry.ts';
import { untilRulesLoaded } from '../run/rules-loaded.ts';
import { toxiproxyOf } from '../toxiproxy/client.ts';
import { SpanBook } from '../traces/span-book.ts';
import { TraceReceiver } from '../traces/trace-receiver.ts';
import { rulesOf } from '../verdict/prometheus-rules.ts';
import { faultCasesFor } from './contract-faults.ts';
import { environmentOf, nameBehind, query, signsOf, startStray, whole } from './fixture/look.ts';
import { faultContext, ruleFile, startRequest } from './fixture/requests.ts';
import type { Platform, PlatformProvider } from './platform.ts';

const root = join(import.meta.dirname, '..', '..');
/** Stands in this process's environment while a platform starts. */
const secret = 'CONTRACT_SECRET';

/** Two runs of the fixture are started: call it once in a test file. */
export function describePlatform(provider: PlatformProvider): void {
  const faultCases = faultCasesFor(provider.abilities);
  describe(`platform ${provider.name}`, () => {
    let platform: Platform;
    let recorder: Server;
    let traces: TraceReceiver;
    const runId = `contract-${process.pid}-${Date.now().toString(36)}`;
    const runDir = newRunDir(runId);

    beforeAll(async () => {
      vi.stubEnv(secret, 'a-secret-of-the-harness');
      recorder = createServer((_, response) => {
        response.setHeader('content-type', 'text/plain; version=0.0.4').end('fixture_recorder 7\n');
      });
      await once(recorder.listen(0, '0.0.0.0'), 'listening');
      const recorderPort = (recorder.address() as AddressInfo).port;
      traces = await TraceReceiver.start(new SpanBook(() => {}));
      const collectorPort = traces.port;
      platform = await provider.start(startRequest({ runId, runDir, root, recorderPort, collectorPort }));
    }, 300_000);

    afterAll(async () => {
      await platform?.[Symbol.asyncDispose]();
      recorder?.close();
      await traces?.[Symbol.asyncDispose]();
      vi.unstubAllEnvs();
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
      const env = await environmentOf(platform, 'front');
      expect(env).toMatchObject({
        FIXTURE_PORT: expect.stringMatching(/^\d+$/),
        FIXTURE_TOKEN: 'a-token',
        FIXTURE_SCHEDULES: '{"tidy":"every: 1s"}',
      });
      expect(env.FIXTURE_BACK_URL).toMatch(/^http:\/\/[^/]+:\d+$/);
    });

    it("shows a node nothing of the harness's own environment", async () => {
      const env = await environmentOf(platform, 'front');
      expect(Object.keys(env)).not.toContain(secret);
      expect(Object.keys(env)).not.toContain('VITEST');
      expect(env.HOME).not.toBe(process.env.HOME);
      expect(JSON.stringify(env)).not.toContain('a-secret-of-the-harness');
    });

    it('has a Prometheus that scrapes the recorder and every node', async () => {
      await vi.waitFor(
        async () => {
          expect(await query(platform, 'up{job="openclaw"}')).toEqual({ front: '1', back: '1' });
          expect(await query(platform, 'fixture_recorder{job="chaos"}')).toEqual({ '': '7' });
        },
        { timeout: 15_000, interval: 250 },
      );
    });

    it('has its Prometheus evaluate the rules that it was given', async () => {
      const { signal } = new AbortController();
      expect(await untilRulesLoaded(platform.prometheusUrl, [ruleFile], signal)).toBeUndefined();
      await vi.waitFor(
        async () => {
          const answer = await rulesOf(platform.prometheusUrl, 2_000, 'alert');
          const firing = 'groups' in answer ? answer.groups[0]?.rules[0]?.firing : undefined;
          expect(firing?.map(({ layer }) => layer).sort()).toEqual(['back', 'front']);
        },
        { timeout: 15_000, interval: 250 },
      );
    });

    it('lets every node send traces to the harness', async () => {
      for (const node of ['front', 'back']) {
        const answer = await fetch(`http://${platform.observerAddress(node)}/collect`);
        expect(await answer.text()).toBe('200');
      }
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

    for (const { spec, forMs = 0, effect, undone } of faultCases) {
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
        expect(await prepared.prove()).toEqual({ proved: true, evidence: expect.any(String) });
        await effect?.(platform);
        if ('everyMs' in spec) expect(blows.length).toBeGreaterThanOrEqual(2);
        for (const step of [...prepared.undo, ...prepared.undo].reverse()) await platform.undo(step);
        await whole(platform);
        await undone?.(platform);
      });
    }

    it('proves none of its faults when nothing was injected', async () => {
      await whole(platform);
      const proved = await Promise.all(
        faultCases.map(async ({ spec, forMs = 0 }) => {
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

    it.each([
      ['crash', false],
      ['hold', false],
      ['restart', false],
      ['kill', true],
    ] as const)('%s: what a node has started lives on: %s', async (how, livesOn) => {
      await whole(platform);
      const stray = await startStray(platform, 'back');
      if (how === 'kill') await platform.signal('back', 'SIGKILL');
      else await platform[how]('back');
      if (how === 'hold') await platform.raise('back');
      await whole(platform);
      const before = await signsOf(stray, platform, 'back');
      expect(before).toBeGreaterThan(0);
      await sleep(500);
      expect((await signsOf(stray, platform, 'back')) > before).toBe(livesOn);
    });

    it('runs beside another run, and neither notices the other', async () => {
      await whole(platform);
      const otherId = `${runId}-other`;
      const otherDir = newRunDir(otherId);
      const before = await platform.incarnation('front');
      const request = startRequest({ runId: otherId, runDir: otherDir, root, recorderPort: 1 });
      const other = await provider.start({ ...request, token: 'another-token' });
      try {
        const [here, there] = await Promise.all([platform, other].map((it) => environmentOf(it, 'front')));
        expect([here?.FIXTURE_TOKEN, there?.FIXTURE_TOKEN]).toEqual(['a-token', 'another-token']);
        // Nobody collects the other one's traces.
        expect([here?.FIXTURE_COLLECTOR, there?.FIXTURE_COLLECTOR]).toEqual([expect.stringMatching(/^http:/), '']);
        expect(other.home('front')).not.toBe(platform.home('front'));
        await other.hold('front');
        await toxiproxyOf(other).setEnabled('client-back', false);
        await whole(platform);
        await platform.signal('back', 'SIGSTOP');
        expect(await nameBehind(other.observerAddress('back'))).toBe('back');
        await platform.signal('back', 'SIGCONT');
      } finally {
        await other[Symbol.asyncDispose]();
        await rm(otherDir, { recursive: true });
      }
      await whole(platform);
      expect(await platform.incarnation('front')).toBe(before);
      expect(await provider.recover(otherId)).toEqual([]);
    }, 120_000);

    it('refuses to start a run that is there already', async () => {
      const again = provider.start(startRequest({ runId, runDir, root, recorderPort: 1 }));
      await expect(again).rejects.toMatchObject({ code: 'CHAOS_RUN_EXISTS' });
      await whole(platform);
    });

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
        // By name: without, runs would be recovered that somebody else, another test maybe, is just about to recover.
        const said = await provider.recover(runId, false);
        expect(said).toEqual([expect.stringContaining('left alone')]);
      } finally {
        child.kill('SIGKILL');
        await exited;
      }
      const said = (await provider.recover(runId, false)).join('\n');
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

async function lineOf(stream: NodeJS.ReadableStream, wanted: string): Promise<void> {
  const seen: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (line === wanted) return;
    seen.push(line);
  }
  throw new Error(`the harness ended before it said '${wanted}'; it said:\n${seen.join('\n')}`);
}
