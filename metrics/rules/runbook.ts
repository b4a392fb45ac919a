/** A runbook as text: for an alert's annotation, and as a section of `metrics/rules/README.md`. */
import type { AlertSpec, Look, Runbook } from './alert.ts';

/** Plain lines, as a pager shows them. */
export function runbookText({ means, noticed, look, mend }: Runbook): string {
  return [
    `What it means: ${means}`,
    `What users notice: ${noticed}`,
    'How to look:',
    ...look.map((one) => `- ${commandOf(one)}   (${one.tells})`),
    `How to mend it: ${mend}`,
  ].join('\n');
}

/** Where an alert's section is: a path within this project, and the heading's anchor. */
export function runbookAnchor(alert: string): string {
  return `metrics/rules/README.md#${alert.toLowerCase()}`;
}

export function runbookSection(
  alert: string,
  { expr, forSeconds, severity, labels, summary, runbook }: AlertSpec,
): string {
  const kept = labels.length === 0 ? '' : `, one for each ${labels.join(' and ')}`;
  return `## ${alert}

${shown(summary)} ${severity === 'page' ? 'A page' : 'A ticket'}${kept}; fires ${forSeconds === 0 ? 'at once' : `after ${forSeconds} s`} when

\`\`\`promql
${expr}
\`\`\`

**Means**: ${runbook.means}

**Users notice**: ${runbook.noticed}

**Look**:

${runbook.look.map((one) => `- ${one.tells}:\n  \`${commandOf(one)}\``).join('\n')}

**Mend**: ${runbook.mend}
`;
}

function commandOf(look: Look): string {
  return 'run' in look ? look.run : look.ask;
}

/** `{{ $labels.skill }}` as people read it: `SKILL`. */
function shown(template: string): string {
  return template.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => label.toUpperCase());
}
