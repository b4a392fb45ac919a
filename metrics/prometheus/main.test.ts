import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigFolder, configFolder } from './testing/config-folder.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const patient = { timeout: 20_000, interval: 50 };

let folder: ConfigFolder;
let running: Program | undefined;
beforeEach(async () => {
  folder = await configFolder('scrape_configs: [{job_name: a, static_configs: [{targets: ["127.0.0.1:1"]}]}]\n');
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await folder[Symbol.asyncDispose]();
});

interface Program {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Exit code, or the signal's name. */
  readonly end: Promise<number | string>;
}

function run(...args: string[]): Program {
  // As package.json starts it.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const end = once(child, 'close').then(([code, signal]) => code ?? signal);
  running = { child, output: () => text, end };
  return running;
}

async function ready(...args: string[]): Promise<{ readonly program: Program; readonly url: string }> {
  const program = run(`--config.file=${folder.configFile}`, '--web.listen-address=127.0.0.1:0', ...args);
  await expect.poll(program.output, patient).toMatch(/level=INFO msg="Server is ready to receive web requests\."/);
  const [, address] = /msg="Start listening for connections" component=web address=(\S+)/.exec(program.output()) ?? [];
  return { program, url: `http://${address}` };
}

describe('the program', () => {
  it('serves until SIGTERM, then exits with 0 and no warning of Node', async () => {
    const { program, url } = await ready();
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    program.child.kill('SIGTERM');
    expect(await program.end).toBe(0);
    expect(program.output()).toMatch(
      /level=WARN msg="Received an OS signal, exiting gracefully\.\.\."\n.*See you next time!/,
    );
    expect(program.output()).not.toMatch(/Experimental|node:/);
    expect(
      program
        .output()
        .split('\n')
        .slice(0, -1)
        .every((line) => line.startsWith('time=')),
    ).toBe(true);
  });

  it('reloads on SIGHUP, and says what is wrong with what it then finds', async () => {
    const { program, url } = await ready();
    await folder.write('prometheus.yml', 'scrape_configs: [{job_name: b}]');
    program.child.kill('SIGHUP');
    const jobs = async (): Promise<string> => (await fetch(`${url}/api/v1/scrape_pools`)).text();
    await expect.poll(jobs, patient).toContain('["b"]');
    await folder.write('prometheus.yml', 'scrape_config: []');
    program.child.kill('SIGHUP');
    await expect
      .poll(program.output, patient)
      .toMatch(/level=ERROR msg="Error loading config" err=".*did you mean \\"scrape_configs\\"/);
    expect(await jobs()).toContain('["b"]');
  });

  it('ends with 1 when its engine dies: it has nothing left to serve', async () => {
    const { program, url } = await ready();
    // A label of 10 bytes becomes one of 10 kB, 10 MB, and more than WebAssembly's memory has left.
    const repeated = (vector: string, times: number) => `label_join(${vector}, "a", ""${', "a"'.repeat(times)})`;
    const label = 'label_replace(vector(1), "a", "0123456789", "", "")';
    const query = repeated(repeated(repeated(label, 1000), 1000), 428);
    await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) }).catch(() => undefined);
    expect(await program.end).toBe(1);
    expect(program.output()).toMatch(
      /level=ERROR msg="Prometheus failed" err="The PromQL engine died, and its samples are lost: .*out of memory/,
    );
  }, 60_000);

  it('says its version', async () => {
    const program = run('--version');
    expect(await program.end).toBe(0);
    expect(program.output()).toMatch(/^prometheus, version 3\.\d+\.\d+ /);
  });

  it('refuses an unknown flag', async () => {
    const program = run('--web.listen-adress=127.0.0.1:0');
    expect(await program.end).toBe(2);
    expect(program.output()).toMatch(/unknown option .*\n\(Did you mean --web\.listen-address\?\)/);
  });

  it('refuses a configuration, each problem on a line of its own with its place', async () => {
    await folder.write('prometheus.yml', 'alerting: {}\nscrape_configs:\n- relabel_configs: []\n');
    const program = run(`--config.file=${folder.configFile}`);
    expect(await program.end).toBe(2);
    expect(program.output()).toMatch(
      /level=ERROR msg="Error loading config" err=".*prometheus\.yml:1:1: alerting is not supported/,
    );
    expect(program.output()).toMatch(/prometheus\.yml:3:3: scrape_configs\[0\]\.relabel_configs is not supported/);
  });

  it('names file and line of a rule that is wrong', async () => {
    await folder.write('prometheus.yml', 'rule_files: [r.yml]');
    await folder.write('r.yml', 'groups:\n- name: g\n  rules:\n  - record: x\n    expr: sum(\n');
    const program = run(`--config.file=${folder.configFile}`, '--web.listen-address=127.0.0.1:0');
    expect(await program.end).not.toBe(0);
    expect(program.output()).toMatch(
      /level=ERROR .*r\.yml: 5:11: group \\"g\\", rule 1, \\"x\\": could not parse expression/,
    );
  });

  it('says that its address is taken, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const program = run(`--config.file=${folder.configFile}`, `--web.listen-address=127.0.0.1:${port}`);
    expect(await program.end).toBe(1);
    expect(program.output()).toMatch(`err="listen tcp 127.0.0.1:${port}: bind: address already in use"`);
    other.close();
  });

  it('ends on a signal that comes while it starts', async () => {
    const program = run(`--config.file=${folder.configFile}`, '--web.listen-address=127.0.0.1:0');
    await expect.poll(program.output, patient).toMatch(/Loading configuration file/);
    program.child.kill('SIGTERM');
    expect(await program.end).toBe(0);
  });
});
