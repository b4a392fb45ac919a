/**
 * Makes `recording.ndjson.gz`, what the dashboards are tested with.
 *
 *     node grafana/testing/record.ts                # plays `everything-breaks.ts` on this machine and records it, about two minutes
 *     node grafana/testing/record.ts URL [MINUTES]  # the last minutes that a Prometheus holds; default 5
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { startPrometheus } from '../../metrics/prometheus/prometheus.ts';
import { collected, type ScrapedSeries } from './collected.ts';
import { packRecording } from './recording.ts';

const top = join(import.meta.dirname, '../..');
const scenario = fileURLToPath(import.meta.resolve('./everything-breaks.ts'));
const file = join(import.meta.dirname, 'recording.ndjson.gz');
const configurations = '.chaos/runs/*-everything-breaks-*/prometheus.yml';
const pollMs = 100;

/** All samples of the last while, raw. Throws if it is no Prometheus. */
async function fetchScraped(url: string, range: string): Promise<ScrapedSeries[]> {
  // What rules write is not fetched: a replay evaluates them itself.
  const query = `{job=~".+",__name__!~"ALERTS.*|.*:.*"}[${range}]`;
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
  const body = (await response.json()) as { data?: { result: ScrapedSeries[] }; error?: string };
  if (body.data === undefined) throw new Error(`${url} does not answer as Prometheus does: ${body.error}`);
  return body.data.result;
}

/** By a Prometheus of our own beside the run's, which ends with it. */
async function playAndFetch(): Promise<ScrapedSeries[]> {
  const before = new Set(globSync(configurations, { cwd: top }));
  const run = spawn(process.execPath, ['chaos/launch.mjs', 'run', scenario, '--platform', 'local'], {
    cwd: top,
    stdio: 'inherit',
  });
  const ended = once(run, 'exit');
  let found: string | undefined;
  while (found === undefined) {
    if (run.exitCode !== null) throw new Error('the run ended before anything could be recorded');
    await delay(pollMs);
    found = globSync(configurations, { cwd: top }).find((path) => !before.has(path));
  }
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  try {
    const configFile = join(folder, 'prometheus.yml');
    writeFileSync(configFile, besides(readFileSync(join(top, found), 'utf8')));
    await using prometheus = await startPrometheus({ configFile });
    await ended;
    return await fetchScraped(prometheus.url, '10m');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same targets, without rules. The recorder is asked more often: what it says last, it says for a moment only. */
function besides(configuration: string): string {
  const { rule_files: _, scrape_configs: jobs, ...rest } = parse(configuration);
  const often = { scrape_interval: '200ms', scrape_timeout: '200ms' };
  return stringify({
    ...rest,
    scrape_configs: jobs.map((job: { job_name: string }) => (job.job_name === 'chaos' ? { ...job, ...often } : job)),
  });
}

const [url, minutes = '5'] = process.argv.slice(2);
const scraped = url === undefined ? await playAndFetch() : await fetchScraped(url, `${minutes}m`);
if (!scraped.some(({ metric }) => metric.__name__ === 'chaos_fault_recovered_timestamp_seconds')) {
  throw new Error('no fault and no recovery in it: the recording stays as it was. Is the machine too busy for a run?');
}
const packed = packRecording(collected(scraped));
writeFileSync(file, packed);
console.log(`${file}: ${packed.length} bytes`);
