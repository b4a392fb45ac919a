/** Boot, dispatch and metrics of the runtime as its home grows: more skills, more rows in the ledger. Flat is the goal. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../../commands/prepare.ts';
import { type Figure, milliseconds, quantile } from './figure.ts';
import { recoveryMs } from './recovery.ts';
import { measureScrape, type Scrape } from './scrape.ts';
import { installClockSkill, latenessOf, startStand } from './stand.ts';

interface Size {
  readonly skills: number;
  readonly rows: number;
}

const sizes: readonly [Size, ...Size[]] = [
  { skills: 10, rows: 1_000 },
  { skills: 100, rows: 1_000 },
  { skills: 1_000, rows: 1_000 },
  { skills: 10, rows: 100_000 },
  { skills: 10, rows: 1_000_000 },
];
const node = 'runtime';
const clockSkill = 'bench-clock';
const boots = 3;
const betweenBootsMs = 1_500;
const dispatchForMs = 6_000;
/** What counts as flat, of boot and of dispatch: within this of the smallest home. */
const flat = 1.5;
/** The most that a scrape may take and weigh, of this many skills and more. */
const bigScrape = { skills: 1_000, ms: 50, bytes: 1024 * 1024 };
/** Puts finished rows and the totals of all skills into a ledger, as the system itself would have written them: `fill-ledger.ts HOME ROWS`. */
const fillLedger = join(root, 'system/bench/fill-ledger.ts');

export async function measureGrowth(say: (text: string) => void): Promise<Figure[]> {
  const measured: ({ readonly size: Size } & Growth)[] = [];
  for (const size of sizes) {
    say(`runtime with ${size.skills} skills and ${size.rows} rows in its ledger`);
    measured.push({ size, ...(await measureSize(size)) });
  }
  const [smallest] = measured;
  return measured.flatMap(({ size: { skills, rows }, bootMs, latenessMs, scrape }) => {
    const what = `${skills} skills, ${rows.toLocaleString('en')} ledger rows`;
    const goal = `≤ ${flat}× the smallest`;
    const of = (value: number, least: number) => ({ ratio: value / least, goal, met: value / least <= flat });
    return [
      { what: `boot: ${what}`, measured: milliseconds(bootMs), ...of(bootMs, smallest?.bootMs ?? Number.NaN) },
      {
        what: `dispatch, p50: ${what}`,
        measured: milliseconds(latenessMs),
        ...of(latenessMs, smallest?.latenessMs ?? Number.NaN),
      },
      ...(skills < bigScrape.skills ? [] : [scrapeFigure(what, scrape)]),
    ];
  });
}

function scrapeFigure(what: string, { ms, bytes }: Scrape): Figure {
  return {
    what: `/metrics, p50: ${what}`,
    measured: `${milliseconds(ms)}, ${Math.round(bytes / 1024)} KiB`,
    goal: `≤ ${bigScrape.ms} ms, ≤ ${bigScrape.bytes / 1024} KiB`,
    met: ms <= bigScrape.ms && bytes <= bigScrape.bytes,
  };
}

interface Growth {
  readonly bootMs: number;
  readonly latenessMs: number;
  readonly scrape: Scrape;
}

async function measureSize({ skills, rows }: Size): Promise<Growth> {
  const sleepers = Array.from({ length: skills - 1 }, (_, index) => `bench-sleeper-${index}`);
  const schedules = {
    ...Object.fromEntries(sleepers.map((name) => [name, 'every: 1d'])),
    [clockSkill]: 'every: 500ms',
  };
  await using stand = await startStand({ schedules, furnish: (home) => furnish(home(node), sleepers, rows) });
  const bootsMs: number[] = [];
  for (let boot = 0; boot < boots; boot += 1) {
    await delay(betweenBootsMs);
    bootsMs.push(await recoveryMs(stand, node, 'kill'));
  }
  await delay(betweenBootsMs);
  const file = join(stand.platform.home(node), 'bench', clockSkill);
  await writeFile(file, '');
  await delay(dispatchForMs);
  const lateness = latenessOf(await readFile(file, 'utf8'));
  const scrape = await measureScrape(stand, node);
  return { bootMs: quantile(bootsMs, 0.5), latenessMs: quantile(lateness, 0.5), scrape };
}

async function furnish(home: string, sleepers: readonly string[], rows: number): Promise<void> {
  await installClockSkill(home, clockSkill);
  for (const name of sleepers) {
    const folder = join(home, 'skills', name);
    await mkdir(folder, { recursive: true });
    const text = `---\nname: ${name}\ndescription: Sleeps.\nmetadata:\n  openclaw:\n    command: "true"\n---\n`;
    await writeFile(join(folder, 'SKILL.md'), text);
  }
  await promisify(execFile)(process.execPath, [fillLedger, home, String(rows)]);
}
