/** Ledger and outbox under random SIGKILL: whatever the moment, no slot is lost and none runs twice. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../layer/free-port.fixture.ts';
import { FakeGateway } from './fake-gateway.fixture.ts';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';

const kills = 5;
const requests = 12;
const seed = Number(process.env.SIGKILL_SEED ?? 20_261);
const skills = { quick: 500, slow: 1000, needy: 1000 } as const;

describe('the runtime under random SIGKILL', () => {
  it(`loses nothing and doubles nothing in ${kills} kills (SIGKILL_SEED=${seed})`, { timeout: 200_000 }, async () => {
    const random = mulberry32(seed);
    const moods = mulberry32(seed + 1);
    using home = new Home();
    await using gateway = await new FakeGateway().open();
    gateway.mood = () => (moods() < 0.1 ? 'refuse' : moods() < 0.1 ? 'cut' : 'answer');
    // Appends without a look: a command that is started twice leaves two lines.
    const append = 'echo "$OPENCLAW_RUN" >> "$OPENCLAW_HOME/effects/$OPENCLAW_SKILL"';
    home.skill('quick', append, { schedule: 'every: 500ms' });
    home.skill('slow', `sleep 0.4; ${append}`);
    home.skill('needy', append, { requires: ['gateway'] });
    home.skill('asked', append, { schedule: undefined });
    const env = { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_LOG_LEVEL: 'error' };
    const port = await freePort();

    for (let kill = 0; kill < kills; kill += 1) {
      const runtime = new RuntimeProcess(home, port, env);
      for (let i = 0; i < requests / kills + random() - 0.5; i += 1) gateway.command(`request-${kill}-${i}`, 'asked');
      // Some before it is up, most while it works.
      if (random() > 0.3) await runtime.ready();
      await sleep(random() * 800);
      // Whatever chance says, one kill while a skill runs.
      if (kill === 0) await expect.poll(() => runningNow(home), { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
      await runtime.kill();
    }
    const settledAt = Date.now();
    await using last = await RuntimeProcess.start(home, env);
    const open = async () =>
      (await last.ledger()).filter(({ state, dueAt }) => state !== 'finished' && (dueAt ?? 0) < settledAt);
    await expect.poll(open, { timeout: 90_000, interval: 200 }).toEqual([]);
    await expect.poll(() => gateway.acked.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(gateway.commands.length);

    const rows = (await last.ledger()).filter(({ dueAt }) => (dueAt ?? 0) < settledAt);
    for (const [skill, periodMs] of Object.entries(skills)) {
      const dues = rows
        .filter((row) => row.skill === skill)
        .map(({ dueAt }) => dueAt ?? 0)
        .sort((a, b) => a - b);
      const [first = 0, newest = 0] = [dues[0], dues.at(-1)];
      expect(dues, `slots of ${skill}`).toEqual(
        Array.from({ length: (newest - first) / periodMs + 1 }, (_, i) => first + i * periodMs),
      );
      expect(newest, `${skill} runs to the end`).toBeGreaterThan(settledAt - 2 * periodMs);
    }
    expect(
      rows
        .filter(({ skill }) => skill === 'asked')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(gateway.commands.map(({ id }) => id).sort());
    const bad = rows.filter(({ outcome, attempt }) => outcome !== 'succeeded' || attempt !== 1);
    expect(bad).toEqual([]);
    for (const skill of [...Object.keys(skills), 'asked']) {
      const ids = rows.filter((row) => row.skill === skill).map(({ id }) => id);
      const effects = home.lines(`effects/${skill}`).filter((id) => Number(id.split('@')[1] ?? 0) < settledAt);
      expect(effects.sort(), `effects of ${skill}`).toEqual(ids.sort());
    }

    gateway.mood = () => 'answer';
    const untold = () => rows.filter(({ id }) => gateway.record(id)?.state !== 'finished').map(({ id }) => id);
    await expect.poll(untold, { timeout: 20_000 }).toEqual([]);
    const wrong = rows.filter((row) => {
      const record = gateway.record(row.id);
      if (record?.state !== 'finished') return true;
      return record.outcome !== row.outcome || record.finishedAt !== row.finishedAt || record.sequence !== row.sequence;
    });
    expect(wrong).toEqual([]);
  });
});

/** Attempts that have begun and not ended. */
function runningNow(home: Home): number {
  const runs = join(home.path, 'state', 'runs');
  const folders = existsSync(runs) ? readdirSync(runs) : [];
  const attempts = folders.map((run) => join(runs, run, '1'));
  const ended = (path: string) => readdirSync(path).some((name) => name.startsWith('ended.'));
  return attempts.filter((path) => existsSync(join(path, 'process')) && !ended(path)).length;
}

/** A small seeded generator (Tommy Ettinger's mulberry32); uniform in [0, 1). */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
