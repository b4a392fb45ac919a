/** Samples the machine for 400 ms and writes what it saw. */
import { mkdirSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaveEffect } from './effect.mjs';

const samples = 5;
const betweenMs = 100;

const startedAt = Date.now();
const home = process.env.OPENCLAW_HOME ?? '';
const seen = [];
for (let taken = 0; taken < samples; taken += 1) {
  if (taken > 0) await sleep(betweenMs);
  seen.push(sample());
}
const report = {
  at: new Date(startedAt).toISOString(),
  load: summary(seen.map(({ load }) => load)),
  memoryFreePercent: summary(seen.map(({ memoryFreePercent }) => memoryFreePercent)),
  diskFreePercent: summary(seen.map(({ diskFreePercent }) => diskFreePercent)),
};
const folder = join(home, 'reports');
mkdirSync(folder, { recursive: true });
const unfinished = join(folder, `.health.${process.pid}.tmp`);
writeFileSync(unfinished, `${JSON.stringify(report, null, 2)}\n`);
renameSync(unfinished, join(folder, 'health.json'));
tellStatus(
  `load=${report.load.mean}\nmemory_free_percent=${report.memoryFreePercent.mean}\ndisk_free_percent=${report.diskFreePercent.mean}\n`,
);
leaveEffect(startedAt);

function sample() {
  const disk = statfsSync(home);
  return {
    load: loadavg()[0] ?? 0,
    memoryFreePercent: (100 * freemem()) / totalmem(),
    diskFreePercent: (100 * disk.bavail) / disk.blocks,
  };
}

function summary(values) {
  const rounded = (value) => Math.round(value * 100) / 100;
  return {
    mean: rounded(values.reduce((sum, value) => sum + value, 0) / values.length),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/** It is news, not work: a full disk must not make the run fail. */
function tellStatus(text) {
  try {
    writeFileSync(process.env.OPENCLAW_STATUS ?? '/dev/null', text);
  } catch {}
}
