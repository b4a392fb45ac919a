/** `node metrics/generate.ts`: writes what is made from the TypeScript here: the rule files, their runbook, and the table of all metrics. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withCatalog } from './catalog-page.ts';
import { ruleFiles, runbookPage } from './rules/rule-files.ts';

const at = (path: string) => new URL(path, import.meta.url);

for (const { name, text } of ruleFiles()) writeFileSync(at(`rules/${name}`), text);
writeFileSync(at('rules/README.md'), runbookPage());
writeFileSync(at('README.md'), withCatalog(readFileSync(at('README.md'), 'utf8')));
