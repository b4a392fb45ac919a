/** The ledger's files damaged while skills run: the runtime starts, no slot runs twice, and none is lost in silence. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';

/** Slow enough that a machine busy with other tests keeps up. */
const periodMs = 500;

describe('the runtime with torn state', () => {
  it('goes on, and accounts for every slot', { timeout: 120_000 }, async () => {
    using home = new Home();
    home.skill('beat', 'echo "$OPENCLAW_SLOT" >> "$OPENCLAW_HOME/effects/beat"', { schedule: `every: ${periodMs}ms` });
    home.skill('slow', 'sleep 0.8; echo "$OPENCLAW_SLOT" >> "$OPENCLAW_HOME/effects/slow"', {
      schedule: 'every: 1s',
    });
    const file = join(home.path, 'state', 'runtime.sqlite');
    const tears: readonly (() => void)[] = [
      () => writeFileSync(file, 'no database at all '.repeat(1000)),
      () => {
        for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      },
    ];
    const env = { OPENCLAW_LOG_LEVEL: 'silent' };
    for (const tear of tears) {
      const runtime = await RuntimeProcess.start(home, env);
      const before = home.lines('effects/beat').length;
      await expect.poll(() => home.lines('effects/beat').length, { timeout: 30_000 }).toBeGreaterThan(before + 2);
      await runtime.kill();
      tear();
    }
    await using last = await RuntimeProcess.start(home, env);
    await sleep(2 * periodMs);
    const settledAt = Date.now() - 2 * periodMs;
    const open = async () =>
      (await last.ledger()).filter(({ state, dueAt }) => state !== 'finished' && Number(dueAt) < settledAt);
    await expect.poll(open, { timeout: 60_000, interval: 200 }).toEqual([]);

    const rows = new Map((await last.ledger()).map(({ id, outcome }) => [id, outcome]));
    for (const [skill, everyMs] of [
      ['beat', periodMs],
      ['slow', 1000],
    ] as const) {
      const effects = home.lines(`effects/${skill}`).map(Number);
      expect(effects.length, `${skill} ran twice`).toBe(new Set(effects).size);
      const slots: number[] = [];
      for (let slot = effects[0] ?? 0; slot < settledAt; slot += everyMs) slots.push(slot);
      expect(slots.length).toBeGreaterThan(2);
      const silent = slots.filter((slot) => !effects.includes(slot) && rows.get(`${skill}@${slot}`) !== 'unknown');
      expect(silent, `slots of ${skill} that are lost in silence`).toEqual([]);
    }
    expect(await last.metrics()).toMatch(/openclaw_state_quarantined_total\{[^}]*layer="runtime"/);
    const health = (await last.health()) as unknown as { status: string; degraded: string[] };
    expect([health.status, health.degraded.join()]).toEqual([
      'degraded',
      expect.stringMatching(/lost some of its memory/),
    ]);
  });
});
