/** The sample skills, run as the runtime runs them: in a copy of their own folder, in a home of the test's. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const samples = ['daily-memory', 'health-report', 'tiktok-poster'] as const;
type Sample = (typeof samples)[number];
const noon = Date.UTC(2026, 2, 1, 12);

describe('the sample skills', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'openclaw-skills-'));
    for (const name of samples)
      cpSync(join(import.meta.dirname, name), join(home, 'skills', name), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const run = (skill: Sample, id: string, attempt = 1, status = join(home, 'status')) => {
    const result = spawnSync(process.execPath, ['run.mjs'], {
      cwd: join(home, 'skills', skill),
      encoding: 'utf8',
      env: {
        OPENCLAW_HOME: home,
        OPENCLAW_SKILL: skill,
        OPENCLAW_RUN: id,
        OPENCLAW_SLOT: String(noon),
        OPENCLAW_ATTEMPT: String(attempt),
        OPENCLAW_STATUS: status,
      },
    });
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
  };
  const file = (path: string) => readFileSync(join(home, path), 'utf8');
  const write = (path: string, text: string) => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const effects = (skill: Sample) =>
    file(`effects/${skill}.ndjson`)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('hold the same effect.mjs', () => {
    const copies = samples.map((name) => readFileSync(join(import.meta.dirname, name, 'effect.mjs'), 'utf8'));
    expect(new Set(copies).size).toBe(1);
  });

  it.each(samples)('%s leaves one effect a run, however many attempts it takes', (skill) => {
    run(skill, 'a');
    run(skill, 'a', 2);
    run(skill, 'b', 2);
    expect(effects(skill)).toEqual([
      { run: 'a', slot: noon, attempt: 1, startedAt: expect.any(Number), finishedAt: expect.any(Number) },
      { run: 'b', slot: noon, attempt: 2, startedAt: expect.any(Number), finishedAt: expect.any(Number) },
    ]);
  });

  it.each(samples)('%s does its work though its status finds no room on the disk', (skill) => {
    run(skill, 'a', 1, '/dev/full');
    expect(effects(skill)).toHaveLength(1);
  });

  it('begin a new line after one that was torn off, and do not count that one', () => {
    run('daily-memory', 'a');
    appendFileSync(join(home, 'effects/daily-memory.ndjson'), '{"run":"b","slot":17');
    run('daily-memory', 'b', 2);
    const lines = file('effects/daily-memory.ndjson').split('\n');
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ run: 'b', attempt: 2 });
  });

  it('daily-memory folds the history of the day, in order, and gives the same again', () => {
    write('history/2026-03-01/0900-breakfast.md', 'Eggs.\n');
    write('history/2026-03-01/0800-wake.md', 'Up.\n');
    write('history/2026-03-02/0800-wake.md', 'Another day.\n');
    run('daily-memory', 'a');
    const memory = file('memory/2026-03-01.md');
    expect(memory).toBe('# 2026-03-01\n\n## 0800-wake\n\nUp.\n\n## 0900-breakfast\n\nEggs.\n');
    expect(file('status')).toContain('entries=2\n');
    run('daily-memory', 'b');
    expect(file('memory/2026-03-01.md')).toBe(memory);
    expect(readdirSync(join(home, 'memory'))).toEqual(['2026-03-01.md']);
  });

  it('daily-memory says so when there was nothing', () => {
    run('daily-memory', 'a');
    expect(file('memory/2026-03-01.md')).toContain('Nothing was recorded.');
  });

  it('tiktok-poster posts each draft once, also after being cut off in the middle', () => {
    write('tiktok/drafts/1.md', 'One');
    write('tiktok/drafts/2.md', 'Two');
    run('tiktok-poster', 'a');
    // Cut off between the post and the draft's move, and in the middle of a line.
    write('tiktok/drafts/2.md', 'Two');
    write('tiktok/drafts/3.md', 'Three');
    appendFileSync(join(home, 'tiktok/posts.ndjson'), '\n{"draft":"3.md","acc');
    run('tiktok-poster', 'b');
    const posts = file('tiktok/posts.ndjson')
      .split('\n')
      .filter((line) => line.endsWith('}'));
    expect(posts.map((line) => (JSON.parse(line) as { caption: string }).caption)).toEqual(['One', 'Two', 'Three']);
    expect(readdirSync(join(home, 'tiktok/drafts'))).toEqual([]);
    expect(readdirSync(join(home, 'tiktok/posted')).sort()).toEqual(['1.md', '2.md', '3.md']);
    expect(file('status')).toMatch(/^posts=3\naccount=en\nlast_run=\d{4}-.*Z\n$/);
  });

  it('health-report samples for about 400 ms and writes what it saw', () => {
    run('health-report', 'a');
    const percent = { mean: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };
    expect(JSON.parse(file('reports/health.json'))).toMatchObject({
      load: percent,
      memoryFreePercent: percent,
      diskFreePercent: percent,
    });
    const [effect] = effects('health-report');
    expect(Number(effect?.finishedAt) - Number(effect?.startedAt)).toBeGreaterThanOrEqual(390);
    expect(file('status')).toMatch(/^load=[\d.]+\nmemory_free_percent=[\d.]+\ndisk_free_percent=[\d.]+\n$/);
  });
});
