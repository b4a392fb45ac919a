/** From a slot's due time to its process's start, beside a bare timer and `spawn` in the moments between. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Figure, milliseconds, quantile } from './figure.ts';
import { clockCommand, latenessOf } from './stand.ts';

const everyMs = 500;
const samples = 60;

/** `skill` is due each half second; the bare spawns are due a quarter of a second later. */
export async function measureLateness(home: string, skill: string): Promise<Figure[]> {
  const bareFile = join(home, 'bench', 'bare');
  const ownFile = join(home, 'bench', skill);
  // What came before, while the system started, is not measured.
  await writeFile(ownFile, '');
  for (let sample = 0; sample < samples; sample += 1) await spawnAtNext(bareFile);
  await delay(everyMs);
  const ours = latenessOf(await readFile(ownFile, 'utf8'));
  const bare = latenessOf(await readFile(bareFile, 'utf8'));
  const [p50, bareP50] = [quantile(ours, 0.5), quantile(bare, 0.5)];
  const p99 = quantile(ours, 0.99);
  return [
    {
      what: 'slot due → process start, p50',
      measured: milliseconds(p50),
      beside: `${milliseconds(bareP50)} (timer and spawn)`,
      ratio: p50 / bareP50,
      goal: '≤ 1.5×',
      met: p50 / bareP50 <= 1.5,
    },
    {
      what: `… p99 of ${ours.length}`,
      measured: milliseconds(p99),
      beside: milliseconds(quantile(bare, 0.99)),
      goal: '≤ 50 ms',
      met: p99 <= 50,
    },
  ];
}

async function spawnAtNext(file: string): Promise<void> {
  const due = (Math.floor(Date.now() / everyMs) + 1) * everyMs + everyMs / 2;
  await delay(due - Date.now());
  // Timers of Node may fire a millisecond early; a slot never does.
  while (Date.now() < due) await delay(1);
  const child = spawn('/bin/sh', ['-c', clockCommand(file)], {
    env: { PATH: process.env.PATH, OPENCLAW_SLOT: String(due) },
    stdio: 'ignore',
    detached: true,
  });
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
}
