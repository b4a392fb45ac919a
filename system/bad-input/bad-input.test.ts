import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, frameCases, httpCases, type Ports, skillCases } from './cases.fixture.ts';
import { Home, type Layer, layers, RunningLayer, start, token } from './stand.fixture.ts';
import { ask, hello, sayFrames } from './talk.fixture.ts';

describe('layers that are sent what nobody should send', () => {
  const home = new Home();
  let running: Readonly<Record<Layer, RunningLayer>>;
  let ports: Ports;

  beforeAll(async () => {
    const [gateway, session, runtime] = await Promise.all([
      RunningLayer.start('gateway', home.path),
      RunningLayer.start('session', home.path, { OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:9' }),
      RunningLayer.start('runtime', home.path, { OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:9' }),
    ]);
    running = { session, gateway, runtime };
    ports = { session: session.port, gateway: gateway.port, runtime: runtime.port };
  });

  afterAll(async () => {
    await Promise.all(layers.map((layer) => running?.[layer][Symbol.asyncDispose]()));
    home[Symbol.dispose]();
  });

  describe('answer', () => {
    it.concurrent.each<Case>([...frameCases, ...httpCases])('%s', async (_, say, answer) => {
      expect(await say(ports)).toMatch(answer);
    });

    it('wrong tokens, and after ten of them only that it is too many', async () => {
      const guess = (attempt: number) => ask(ports.runtime, '/v1/ledger', { bearer: `guess-${attempt}` });
      const answers: string[] = [];
      for (let attempt = 0; attempt < 12; attempt += 1) answers.push(await guess(attempt));
      expect(answers.slice(0, 10).filter((answer) => !answer.startsWith('401 OPENCLAW_UNAUTHORIZED'))).toEqual([]);
      expect(answers.slice(10).join('\n')).toMatch(/^429 /m);
    });

    it('the same to a wrong token over the WebSocket', async () => {
      expect(await sayFrames(ports.session, [hello({ token: 'wrong' })])).toMatch(/^unauthorized close 4401$/);
    });
  });

  it('are still the same processes, no bigger after thirty more rounds of it, and do their work', async () => {
    // What asks a megabyte of everybody is left out: it is memory that is on its way.
    const rounds = [...frameCases, ...httpCases].filter(([name]) => !/1 MiB|deep|no token/.test(name));
    const round = () => Promise.all(rounds.map(([, say]) => say(ports)));
    const size = () => layers.map((layer) => running[layer].residentBytes);
    for (let warmUp = 0; warmUp < 10; warmUp += 1) await round();
    const before = size();
    for (let more = 0; more < 30; more += 1) await round();
    const grown = size().map((bytes, index) => bytes - (before[index] ?? 0));
    expect(layers.filter((layer) => !running[layer].alive)).toEqual([]);
    expect(Math.max(...grown)).toBeLessThan(40e6);
    expect(await ask(ports.gateway, '/v1/runs')).toMatch(/^200 /);
    expect(await sayFrames(ports.session, [hello(), hello()])).toMatch(/^hello-again/);
  }, 60_000);
});

describe('a SKILL.md', () => {
  it('that is wrong is told with what is wrong, each, and the sound one beside them runs', async () => {
    using home = new Home();
    const names = skillCases.map((_, index) => `x-${index}`);
    for (const [index, [, text]] of skillCases.entries()) {
      const name = names[index] ?? '';
      await writeSkill(home.path, name, typeof text === 'string' ? text.replaceAll('name: X', `name: ${name}`) : text);
    }
    const sound =
      '---\nname: sound\ndescription: d\nmetadata:\n  openclaw:\n    schedule: "every: 1s"\n    command: "true"\n---\n';
    await writeSkill(home.path, 'sound', sound);
    await using runtime = await RunningLayer.start('runtime', home.path, {
      OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:9',
    });
    const problems = await problemsOf(runtime.port);
    for (const [index, [name, , problem]] of skillCases.entries()) {
      expect(problems.get(names[index] ?? ''), name).toMatch(problem);
    }
    const status = join(home.path, 'skills/status/sound.txt');
    await expect.poll(() => readFile(status, 'utf8').catch(() => ''), { timeout: 15_000 }).toMatch(/^status=succeeded/);
    expect(runtime.alive).toBe(true);
  });
});

describe('a state file', () => {
  const garbage = Buffer.from('this is no database, and never was one. '.repeat(500));
  it.concurrent.each<[string, Layer, string, Buffer]>([
    ['of zero length', 'runtime', 'runtime.sqlite', Buffer.alloc(0)],
    ['of zero length', 'session', 'token', Buffer.alloc(0)],
    ['of two lines', 'gateway', 'token', Buffer.from('one\ntwo\n')],
    ['of garbage', 'runtime', 'runtime.sqlite', garbage],
    ['of garbage', 'gateway', 'gateway.db', garbage],
    ['of zeros', 'gateway', 'gateway.db', Buffer.alloc(8192)],
    ['of garbage', 'session', 'session.db', garbage],
    ['with a header and nothing else', 'session', 'session.db', Buffer.from('SQLite format 3\0')],
  ])('%s stops no %s (%s)', async (_, layer, file, content) => {
    using home = new Home();
    const state = join(home.path, 'state');
    await mkdir(state);
    await writeFile(join(state, file), content);
    // One that is set wins over the file, which is not looked at then.
    const env: Record<string, string> = { OPENCLAW_GATEWAY_URL: 'http://127.0.0.1:9' };
    if (file === 'token') env.OPENCLAW_TOKEN = '';
    await using layerOnIt = await RunningLayer.start(layer, home.path, env);
    expect(layerOnIt.alive).toBe(true);
    // Written anew under this very name: the layer does call it so.
    const isAnew = !(await readFile(join(state, file))).equals(content);
    // An empty database has nothing in it to put aside; it is filled, beside it or later.
    if (content.length > 0 || file === 'token') {
      expect(isAnew).toBe(true);
      const aside = readdirSync(state).filter((name) => name.startsWith(`${file}.quarantine-`));
      expect(aside.join(' ')).toContain('.reason');
      const kept = aside.find((name) => !/\.reason$|-wal$|-shm$/.test(name)) ?? '';
      expect(await readFile(join(state, kept))).toEqual(content);
    }
  });
});

describe('an environment', () => {
  const config = 78;
  it.concurrent.each<[string, Layer, Readonly<Record<string, string>>, RegExp]>([
    ['a port that is none', 'gateway', { OPENCLAW_PORT: 'http' }, /OPENCLAW_PORT \("http"\) must be a port/],
    ['a port too high', 'session', { OPENCLAW_PORT: '70000' }, /OPENCLAW_PORT \("70000"\)/],
    [
      'a home that is relative',
      'runtime',
      { OPENCLAW_HOME: 'here' },
      /OPENCLAW_HOME \("here"\) must be an absolute path/,
    ],
    ['a home that is a file', 'gateway', { OPENCLAW_HOME: '/proc/version' }, /OPENCLAW_HOME/],
    ['a token with a space', 'session', { OPENCLAW_TOKEN: 'a b' }, /OPENCLAW_TOKEN \(a secret of 3 characters\)/],
    ['a level that is none', 'gateway', { OPENCLAW_LOG_LEVEL: 'loud' }, /OPENCLAW_LOG_LEVEL \("loud"\)/],
    ['a heartbeat that is none', 'session', { OPENCLAW_HEARTBEAT_MS: '1' }, /OPENCLAW_HEARTBEAT_MS \("1"\)/],
    ['a gateway that is no URL', 'runtime', { OPENCLAW_GATEWAY_URL: 'ftp://x' }, /OPENCLAW_GATEWAY_URL/],
    ['schedules that are no JSON', 'runtime', { OPENCLAW_SCHEDULES: 'often' }, /OPENCLAW_SCHEDULES/],
    ['an unknown dispatch', 'runtime', { OPENCLAW_DISPATCH: 'wild' }, /OPENCLAW_DISPATCH/],
    ['an address that is not ours', 'gateway', { OPENCLAW_HOST: '203.0.113.1' }, /OPENCLAW_HOST/],
    [
      'two things at once',
      'gateway',
      { OPENCLAW_PORT: 'x', OPENCLAW_HOME: 'y' },
      /OPENCLAW_HOME.*OPENCLAW_PORT|OPENCLAW_PORT.*OPENCLAW_HOME/s,
    ],
  ])('with %s ends the %s with 78, the variable and the mend', async (_, layer, env, text) => {
    using home = new Home();
    const { ended } = start(layer, {
      HOME: home.path,
      OPENCLAW_HOME: home.path,
      OPENCLAW_TOKEN: token,
      OPENCLAW_PORT: '0',
      ...env,
    });
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: config, stderr: expect.stringMatching(text) });
  });

  it.concurrent.each(layers)('that opens the %s to others, and no token, ends it with 78', async (layer) => {
    using home = new Home();
    const env = { HOME: home.path, OPENCLAW_HOME: home.path, OPENCLAW_HOST: '0.0.0.0', OPENCLAW_PORT: '0' };
    const { code, stderr } = await start(layer, env).ended;
    expect({ code, stderr }).toEqual({
      code: config,
      stderr: expect.stringMatching(/OPENCLAW_TOKEN \(not set\) is required/),
    });
  });

  it.concurrent('with a port in use ends with 78 and names it', async () => {
    using home = new Home();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const env = { HOME: home.path, OPENCLAW_HOME: home.path, OPENCLAW_TOKEN: token, OPENCLAW_PORT: String(port) };
    const { code, stderr } = await start('session', env).ended;
    taken.close();
    expect({ code, stderr }).toEqual({
      code: config,
      stderr: expect.stringMatching(new RegExp(`port ${port} .*in use`)),
    });
  });
});

async function writeSkill(home: string, name: string, text: string | Buffer): Promise<void> {
  await mkdir(join(home, 'skills', name), { recursive: true });
  await writeFile(join(home, 'skills', name, 'SKILL.md'), text);
}

async function problemsOf(port: number): Promise<Map<string, string>> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/skills`, { headers: { authorization: `Bearer ${token}` } });
  const { skills } = (await response.json()) as { skills: { name: string; problem?: string }[] };
  return new Map(skills.map(({ name, problem = '' }) => [name, problem]));
}
