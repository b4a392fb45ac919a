/** What of Prometheus's configuration file is supported, as a schema. Scalars come as they were written: the field's type decides how to read them. */
import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { parseSize } from './size.ts';

const duration = fromText('a duration such as 15s, 1m30s or 500ms', parseDuration);
const size = fromText('a size such as 64KiB, 10MB or 512B', parseSize);
const count = fromText('a whole number from 0', (text) => (/^[0-9]{1,15}$/.test(text) ? Number(text) : undefined));
const flag = fromText('true or false', (text) => flags.get(text.toLowerCase()));
const name = z.string().min(1, 'must not be empty');
const path = z.string().min(1, 'must not be empty');

const flags = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

const limits = {
  body_size_limit: size.optional(),
  sample_limit: count.optional(),
  label_limit: count.optional(),
  label_name_length_limit: count.optional(),
  label_value_length_limit: count.optional(),
};

const labels = z.record(name, z.string());

const staticConfig = z.strictObject({
  targets: z
    .array(name.refine((target) => !target.includes('/'), 'must be HOST:PORT, without scheme and path'))
    .optional(),
  labels: labels.optional(),
});

const scrapeConfig = z.strictObject({
  job_name: name,
  scrape_interval: duration.optional(),
  scrape_timeout: duration.optional(),
  metrics_path: path.optional(),
  scheme: z.literal('http', 'only http is supported').optional(),
  params: z.record(name, z.array(z.string())).optional(),
  honor_labels: flag.optional(),
  honor_timestamps: flag.optional(),
  enable_compression: flag.optional(),
  follow_redirects: flag.optional(),
  fallback_scrape_protocol: z
    .enum(['PrometheusText0.0.4', 'PrometheusText1.0.0', 'OpenMetricsText0.0.1', 'OpenMetricsText1.0.0'])
    .optional(),
  ...limits,
  static_configs: z.array(staticConfig).optional(),
});

const global = z.strictObject({
  scrape_interval: duration.optional(),
  scrape_timeout: duration.optional(),
  evaluation_interval: duration.optional(),
  ...limits,
});

const configuration = z.strictObject({
  global: global.optional(),
  rule_files: z.array(path.regex(/^[^*]*(\*[^/]*)?$/, 'may have a * in its last part only')).optional(),
  scrape_configs: z.array(scrapeConfig).optional(),
});

export const configurationSchema = configuration.superRefine(noJobTwice);

export type ConfigurationText = z.output<typeof configuration>;
export type ScrapeConfigText = z.output<typeof scrapeConfig>;

/** The fields that are supported where a path leads; none: any name will do there. */
export function fieldsAt([first, , third]: readonly PropertyKey[]): readonly string[] {
  if (first === undefined) return Object.keys(configuration.shape);
  if (first === 'global') return Object.keys(global.shape);
  if (first !== 'scrape_configs') return [];
  return Object.keys(third === undefined ? scrapeConfig.shape : staticConfig.shape);
}

function noJobTwice({ scrape_configs = [] }: ConfigurationText, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [at, { job_name }] of scrape_configs.entries()) {
    if (seen.has(job_name)) {
      context.addIssue({
        code: 'custom',
        path: ['scrape_configs', at, 'job_name'],
        message: `${JSON.stringify(job_name)} is the name of an earlier job`,
      });
    }
    seen.add(job_name);
  }
}

function fromText<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is not ${expected}` });
    return z.NEVER;
  });
}
