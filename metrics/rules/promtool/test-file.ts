/** Reads the rules' tests, which are promtool's format: what is scraped, and what must be firing when. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface TestFile {
  readonly name: string;
  readonly tests: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  /** Between two values of a series: `1s`, as all durations here. */
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test?: readonly AlertTest[];
  readonly promql_expr_test?: readonly { readonly expr: string; readonly eval_time: string }[];
}

export interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly {
    readonly exp_labels: Readonly<Record<string, string>>;
    readonly exp_annotations: Readonly<Record<string, string>>;
  }[];
}

const folder = import.meta.dirname;

export const testFilePaths: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.test.yml'))
  .sort()
  .map((name) => join(folder, name));

export function readTestFile(name: string): TestFile {
  return { name, ...(parse(readFileSync(join(folder, `${name}.test.yml`), 'utf8')) as Omit<TestFile, 'name'>) };
}
