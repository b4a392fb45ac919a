import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Operator } from './operator.ts';
import type { LocalRun } from './part.ts';
import { processOf } from './process-table.ts';
import { machinePath, nodeHomeOf } from './run-folder.ts';

/** What a real gateway, or a broken one, sends; undefined: nothing, and the connection is ended. */
const answers: Readonly<Record<number, string | undefined>> = {
  3019: 'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"ok"}',
  3020: 'HTTP/1.1 503 Unavailable\r\ncontent-length: 8\r\n\r\nnot yet\n',
  3021: undefined,
  3022: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut short',
};
const closedPort = 3023;

const servers = new Map<number, AddressInfo>();
const open: { close(): void }[] = [];
let run: LocalRun;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "operator's run-"));
  run = { run: `operator-${process.pid}`, folder, harness: 'h/1/1' };
  await mkdir(nodeHomeOf(folder, 'back'), { recursive: true });
  await writeFile(join(nodeHomeOf(folder, 'back'), 'here.txt'), '');
  for (const [port, answer] of Object.entries(answers)) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (answer === undefined ? socket.end() : socket.end(answer)));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    servers.set(Number(port), server.address() as AddressInfo);
    open.push(server);
  }
  const gone = createServer();
  await once(gone.listen(0, '127.0.0.1'), 'listening');
  servers.set(closedPort, gone.address() as AddressInfo);
  gone.close();
});

afterAll(async () => {
  for (const server of open) server.close();
  await rm(run.folder, { recursive: true });
});

function operatorWith(path: readonly string[]): Operator {
  const ports = new Map([...servers].map(([asked, { port }]) => [asked, port]));
  return new Operator({ run, home: 'back', ports, path });
}

const curls: Record<string, readonly string[]> = { 'our own curl': [] };
const itsOwn = spawn('curl', ['--version'], { stdio: 'ignore' });
if (await Promise.race([once(itsOwn, 'exit').then(() => true), once(itsOwn, 'error').then(() => false)])) {
  curls["the machine's curl"] = machinePath();
}

describe.each(Object.entries(curls))("the operator's shell with %s", (_, path) => {
  it.each([
    ['curl -s http://localhost:3019/health', '{"status":"ok"}', 0],
    ['curl -s http://127.0.0.1:3019/health', '{"status":"ok"}', 0],
    ['curl -sS http://localhost:3020/ready', 'not yet\n', 0],
    ['curl -s -f http://localhost:3020/ready', '', 22],
    ['curl -s http://localhost:3021/', '', 52],
    ['curl -s http://localhost:3023/ || echo FAIL', 'FAIL\n', 0],
    ['curl -s http://localhost:3023/', '', 7],
    ['curl -s --no-such-option http://localhost:3019/', '', 2],
    ['curl -s http://', '', 3],
  ])('%s', async (script, stdout, exitCode) => {
    expect(await operatorWith(path).shell(script, 10_000)).toEqual({ stdout, exitCode });
  });

  it('tells a body that was cut short', async () => {
    const { stdout, exitCode } = await operatorWith(path).shell('curl -s http://localhost:3022/', 10_000);
    expect(stdout).toBe('cut short');
    // 18 and 56 both say it: curl distinguishes by what was promised.
    expect([18, 56]).toContain(exitCode);
  });
});

describe("the operator's shell", () => {
  it("has the system's home as ~/.openclaw", async () => {
    expect(await operatorWith([]).shell('find ~/.openclaw -name "*.txt" | wc -l', 10_000)).toMatchObject({
      stdout: expect.stringMatching(/^\s*1\n$/),
      exitCode: 0,
    });
  });

  it('ends a script that takes too long, with what it started, and says what it had said', async () => {
    const script = "trap '' TERM; sleep 60 & echo $!; while :; do sleep 1; done";
    const { stdout, exitCode } = await operatorWith([]).shell(script, 300);
    expect(exitCode).toBe(124);
    expect(Number(stdout)).toBeGreaterThan(1);
    await vi.waitFor(() => expect(processOf(Number(stdout))).toBeUndefined());
  });

  it('does not wait for what a script leaves in the background', async () => {
    const began = performance.now();
    const { stdout } = await operatorWith([]).shell('sleep 30 & echo $!', 20_000);
    process.kill(Number(stdout), 'SIGKILL');
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('keeps no more than 1 MiB of output', async () => {
    const { stdout, exitCode } = await operatorWith([]).shell('head -c 3000000 /dev/zero', 10_000);
    expect(stdout.length).toBe(1024 * 1024);
    expect(exitCode).toBe(0);
  });
});
