/** The rule files as Prometheus reads them: what is committed in this folder, and what the harness hands to the Prometheus of a run. */
import { stringify } from 'yaml';
import type { AlertSpec } from './alert.ts';
import { type AlertName, alerts } from './alerts.ts';
import { recordingSeconds, recordings } from './recordings.ts';
import { runbookAnchor, runbookSection, runbookText } from './runbook.ts';

export interface RuleFile {
  /** `openclaw-alerts.yml`: a file's name, without a folder. */
  readonly name: string;
  readonly text: string;
}

const heading = 'Made by `npm run generate` from the TypeScript in metrics/rules/. Changes belong there.';

export function ruleFiles(): readonly RuleFile[] {
  return [
    file('openclaw-alerts.yml', [{ name: 'openclaw', interval: '1s', rules: alertRules(isPresent) }]),
    file('openclaw-budget.yml', [
      {
        name: 'openclaw-budget',
        interval: `${recordingSeconds}s`,
        rules: [...recordings, ...alertRules((alert) => !isPresent(alert))],
      },
    ]),
  ];
}

/** The text of `metrics/rules/README.md`. */
export function runbookPage(): string {
  const sections = entries().map(([name, spec]) => runbookSection(name, spec));
  return `# Alerts, and what to do about them

${heading}

Prometheus reads \`metrics/rules/*.yml\` (\`rule_files\`). They want a scrape each 1 to 5 seconds under \`job_name: openclaw\`, and on each target
the label \`layer\`: \`session\`, \`gateway\` or \`runtime\`. Counters of the runtime and of links outlive their process, so nothing fires for a
restart alone; at a fresh start nothing fires while the layers boot. The cases in \`promtool/\` show each alert firing and not firing.

That Prometheus itself is down no rule of it can say: have something else watch it. Below, \`~/.openclaw\` stands for \`OPENCLAW_HOME\` and 3018
to 3020 for the ports, where they were set otherwise; \`LAYER\` and \`NAME\` are the alert's labels; \`npm run\` is meant in this project's folder.

${sections.join('\n')}`;
}

/** Whether it looks at the present, and so is evaluated each second. */
function isPresent({ windowSeconds }: AlertSpec): boolean {
  return windowSeconds === undefined;
}

function entries(): readonly (readonly [AlertName, AlertSpec])[] {
  return Object.entries(alerts) as [AlertName, AlertSpec][];
}

function alertRules(wanted: (alert: AlertSpec) => boolean): object[] {
  return entries()
    .filter(([, spec]) => wanted(spec))
    .map(([alert, { expr, forSeconds, severity, summary, description, runbook }]) => ({
      alert,
      expr,
      ...(forSeconds > 0 && { for: `${forSeconds}s` }),
      labels: { severity },
      annotations: { summary, description, runbook: runbookText(runbook), runbook_url: runbookAnchor(alert) },
    }));
}

function file(name: string, groups: readonly object[]): RuleFile {
  return { name, text: `# ${heading}\n${stringify({ groups }, { lineWidth: 0 })}` };
}
