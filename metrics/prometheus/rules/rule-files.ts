/** Finds the rule files that the configuration's globs name, and reads them. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RuleFile } from '../engine/engine.ts';
import { PrometheusError } from '../errors.ts';

const maxFiles = 1000;
const maxFileBytes = 4 * 1024 * 1024;

export interface FoundRules {
  readonly files: readonly RuleFile[];
  /** Globs that no file fits: no error to Prometheus, but worth a word. */
  readonly empty: readonly string[];
}

/** @throws {PrometheusError} where a file cannot be read, or is too large. */
export async function readRuleFiles(globs: readonly string[]): Promise<FoundRules> {
  const found = globs.map((glob) => ({ glob, paths: globSync(glob).sort() }));
  const paths = [...new Set(found.flatMap((each) => each.paths))];
  if (paths.length > maxFiles) throw failure(`rule_files: ${paths.length} files, over ${maxFiles}`);
  return {
    files: await Promise.all(paths.map(async (path) => ({ path, content: await contentOf(path) }))),
    empty: found.filter((each) => each.paths.length === 0).map(({ glob }) => glob),
  };
}

async function contentOf(path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw failure(`${path}: cannot be read: ${cause instanceof Error ? cause.message : cause}`);
  });
  if (content.length > maxFileBytes) throw failure(`${path}: larger than ${maxFileBytes} bytes`);
  return content;
}

function failure(message: string): PrometheusError {
  return new PrometheusError('PROMETHEUS_CONFIGURATION', message);
}
