/** A health report as a person reads it in a terminal. */
import { duration, relative } from './ages.ts';
import type { HealthReport, LayerHealth, SkillHealth, Status } from './health-report.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

type Color = 'green' | 'yellow' | 'red' | 'dim';

const colorOf: Readonly<Record<LayerHealth['state'] | SkillHealth['state'] | Status, Color>> = {
  ok: 'green',
  operational: 'green',
  degraded: 'yellow',
  'not-ready': 'yellow',
  failing: 'yellow',
  deferred: 'yellow',
  stale: 'red',
  unknown: 'red',
  problem: 'red',
  down: 'red',
  waiting: 'dim',
  disabled: 'dim',
  'on-request': 'dim',
};

export function healthText(report: HealthReport, style: Style): string {
  const { layers, skills, skillsFrom, problems, status, sentence, at } = report;
  const parts = [
    table([heading(style, 'layer', 'state', 'up', 'address', ''), ...layers.map((layer) => layerRow(layer, style))]),
    ...(skills.length > 0
      ? [
          table([
            heading(style, 'skill', 'state', 'last run', 'last success', 'next due', ''),
            ...skills.map((skill) => skillRow(skill, at, style)),
          ]),
        ]
      : []),
    ...(skillsFrom === 'status-files' ? [style('dim', '  skills: as their status files say, not the runtime')] : []),
    ...problems.map((problem) => style('yellow', `  ! ${problem}`)),
    style(colorOf[status], sentence),
  ];
  return parts.join('\n\n');
}

function layerRow({ name, state, uptimeSeconds, url, reasons }: LayerHealth, style: Style): string[] {
  const up = uptimeSeconds === null ? '–' : duration(uptimeSeconds * 1000);
  return [name, style(colorOf[state], state), up, url, reasons.join('; ')];
}

function skillRow(skill: SkillHealth, now: number, style: Style): string[] {
  const { name, state, lastOutcome, lastFinishedAt, lastSuccessAt, nextDueAt, reason } = skill;
  const last = lastOutcome === null ? '–' : `${lastOutcome} ${relative(lastFinishedAt, now)}`;
  return [name, stateText(state, style), last, relative(lastSuccessAt, now), relative(nextDueAt, now), reason ?? ''];
}

export function stateText(state: keyof typeof colorOf, style: Style): string {
  return style(colorOf[state], state);
}

export function heading(style: Style, ...titles: readonly string[]): string[] {
  return titles.map((title) => (title === '' ? '' : style('dim', title)));
}
