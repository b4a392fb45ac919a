/** The configuration file of Prometheus, as far as it is supported, read and completed with defaults. Whatever is not supported is refused by name and line. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { formatDuration } from '../duration.ts';
import { PrometheusError } from '../errors.ts';
import { describeProblems } from './problems.ts';
import { type ConfigurationText, configurationSchema, type ScrapeConfigText } from './schema.ts';
import { staticTargets, type Target } from './target.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

export interface Configuration {
  readonly file: string;
  readonly evaluationIntervalMs: number;
  /** Globs; relative ones in the file are made relative to its folder. */
  readonly ruleFiles: readonly string[];
  /** In the order of the file, so also those of a job stand together. */
  readonly targets: readonly Target[];
  readonly jobs: readonly string[];
}

/** A configuration of thousands of targets is some 100 KiB. */
const maxFileBytes = 4 * 1024 * 1024;
const defaults = { intervalMs: 60_000, timeoutMs: 10_000 };

/** @throws {PrometheusError} that names file, line, column, field and mend of every problem. */
export async function loadConfiguration(file: string): Promise<Configuration> {
  return parseConfiguration(file, await read(file));
}

export function parseConfiguration(file: string, text: string): Configuration {
  const source = parseYaml(file, text);
  const parsed = configurationSchema.safeParse(source.value, { reportInput: true });
  if (!parsed.success) throw invalid(file, describeProblems(parsed.error.issues, source));
  const { global = {}, rule_files = [], scrape_configs = [] } = parsed.data;
  const problems = timeoutProblems(parsed.data, source);
  const targets = scrape_configs.flatMap((job, at) => {
    const settings = completed(job, global);
    return (job.static_configs ?? []).flatMap((group, groupAt) => {
      const found = staticTargets(settings, group);
      const place = source.place(['scrape_configs', at, 'static_configs', groupAt]);
      problems.push(...found.problems.map((problem) => `${place}: ${problem}`));
      return found.targets;
    });
  });
  if (problems.length > 0) throw invalid(file, problems);
  return {
    file,
    evaluationIntervalMs: global.evaluation_interval || defaults.intervalMs,
    ruleFiles: rule_files.map((glob) => (isAbsolute(glob) ? glob : join(dirname(file), glob))),
    // Twice the same labels and address is one target, as there.
    targets: [...new Map(targets.map((target) => [target.id, target])).values()],
    jobs: scrape_configs.map(({ job_name }) => job_name),
  };
}

type Global = NonNullable<ConfigurationText['global']>;

function globalIntervals(global: Global): { readonly intervalMs: number; readonly timeoutMs: number } {
  const intervalMs = global.scrape_interval || defaults.intervalMs;
  return { intervalMs, timeoutMs: global.scrape_timeout || Math.min(defaults.timeoutMs, intervalMs) };
}

function completed(job: ScrapeConfigText, global: Global): Parameters<typeof staticTargets>[0] {
  const overall = globalIntervals(global);
  const intervalMs = job.scrape_interval || overall.intervalMs;
  return {
    job: job.job_name,
    intervalMs,
    timeoutMs: job.scrape_timeout || Math.min(overall.timeoutMs, intervalMs),
    metricsPath: job.metrics_path ?? '/metrics',
    params: job.params ?? {},
    honorLabels: job.honor_labels ?? false,
    honorTimestamps: job.honor_timestamps ?? true,
    compression: job.enable_compression ?? true,
    followRedirects: job.follow_redirects ?? true,
    ...(job.fallback_scrape_protocol === undefined ? {} : { fallbackProtocol: job.fallback_scrape_protocol }),
    bodyBytes: job.body_size_limit || global.body_size_limit || 0,
    limits: {
      samples: job.sample_limit || global.sample_limit || 0,
      labels: job.label_limit || global.label_limit || 0,
      labelNameLength: job.label_name_length_limit || global.label_name_length_limit || 0,
      labelValueLength: job.label_value_length_limit || global.label_value_length_limit || 0,
    },
  };
}

function timeoutProblems({ global = {}, scrape_configs = [] }: ConfigurationText, source: YamlSource): string[] {
  const overall = globalIntervals(global);
  const levels = [
    { path: ['global'], name: 'global', ...overall },
    ...scrape_configs.map((job, at) => ({
      path: ['scrape_configs', at],
      name: `scrape_configs[${at}]`,
      intervalMs: job.scrape_interval || overall.intervalMs,
      timeoutMs: job.scrape_timeout || 0,
    })),
  ];
  return levels.flatMap(({ path, name, intervalMs, timeoutMs }) =>
    timeoutMs > intervalMs
      ? [
          `${source.place([...path, 'scrape_timeout'])}: ${name}.scrape_timeout ${formatDuration(timeoutMs)} is greater than scrape_interval ${formatDuration(intervalMs)}`,
        ]
      : [],
  );
}

function invalid(file: string, problems: readonly string[]): PrometheusError {
  const what = problems.length === 1 ? '' : `${file}: ${problems.length} problems\n`;
  return new PrometheusError('PROMETHEUS_CONFIGURATION', `${what}${problems.join('\n')}`);
}

async function read(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) throw new Error(`larger than ${maxFileBytes} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PrometheusError('PROMETHEUS_CONFIGURATION', `${file}: cannot be read: ${reason}`, {
      cause,
      mend: 'Name another one with --config.file.',
    });
  }
}
