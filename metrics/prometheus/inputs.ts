/** All that is read before anything is started or changed: the configuration and the rule files it names. */
import { type Configuration, loadConfiguration } from './config/configuration.ts';
import type { RuleFile } from './engine/engine.ts';
import type { Log } from './log.ts';
import { readRuleFiles } from './rules/rule-files.ts';

export interface Inputs {
  readonly configuration: Configuration;
  readonly ruleFiles: readonly RuleFile[];
}

/** @throws {PrometheusError} that names file and line. */
export async function readInputs(file: string, log: Log): Promise<Inputs> {
  log('info', 'Loading configuration file', { filename: file });
  const configuration = await loadConfiguration(file);
  const { files, empty } = await readRuleFiles(configuration.ruleFiles);
  for (const glob of empty) log('warn', 'No rule file matches', { component: 'rule manager', pattern: glob });
  return { configuration, ruleFiles: files };
}
