/** Alerts about the objective: the error budget of skill runs burns too fast, over hours or over days. */
import { serviceSlis } from '../service-slis.ts';
import type { AlertSpec } from './alert.ts';
import { type BurnRate, burnRates, errorBudget, leastFailures, objective, windows } from './budget.ts';
import { failureRatio, failures } from './recordings.ts';

/** Too fast over both windows, and by enough failures to be a trend. The value is the share that failed, over the long one. */
function burns({ long, short, factor }: BurnRate): string {
  const limit = `${factor} * ${errorBudget}`;
  // Extrapolated, three failures may be a little less than three.
  const enough = `${failures(long)} > ${leastFailures - 0.5}`;
  return `(${failureRatio(long)} > ${limit} and ${failureRatio(short)} > ${limit} and ${enough})`;
}

const longest = (rates: readonly BurnRate[]): number => Math.max(...rates.map(({ long }) => windows[long]));

const share = `${objective * 100} %`;
const bySkill = { by: ['skill'] } as const;

const look = [
  {
    ask: `topk(10, ${serviceSlis.skillFailures.query({ window: '1h', ...bySkill })})`,
    tells: 'the skills that fail most',
  },
  { ask: `${failureRatio('1h')} / ${errorBudget}`, tells: 'how many times too fast the budget burns, over an hour' },
  { ask: `${failureRatio('3d')} / ${errorBudget}`, tells: 'the same over three days' },
  { run: 'npm run skill -- runs NAME', tells: 'how the latest runs of a skill ended' },
  { run: 'npm run health', tells: 'whether a layer is the cause' },
] as const;

export const budgetAlerts = {
  OpenclawSkillSuccessBudgetBurnFast: {
    expr: burnRates.fast.map(burns).join(' or '),
    forSeconds: 0,
    windowSeconds: longest(burnRates.fast),
    severity: 'page',
    labels: ['job'],
    summary: 'Skill runs fail far more often than the objective allows.',
    description: `{{ $value | humanizePercentage }} of the skill runs of the last hours failed. The objective is that ${share} succeed: at this rate its budget for 30 days is gone within five days, or sooner.`,
    runbook: {
      means: 'Many runs fail at the moment, over all skills: one that fails always, or many that fail sometimes.',
      noticed: 'Results of skills are missing or old.',
      look,
      mend: 'If one skill stands out, mend it (see OpenclawSkillBackingOff). If all fail alike, it is what they share: the disk, the network, a program that they call.',
    },
  },
  OpenclawSkillSuccessBudgetBurnSlow: {
    expr: burnRates.slow.map(burns).join(' or '),
    forSeconds: 0,
    windowSeconds: longest(burnRates.slow),
    severity: 'ticket',
    labels: ['job'],
    summary: 'Skill runs fail a little more often than the objective allows, for days.',
    description: `{{ $value | humanizePercentage }} of the skill runs of the last three days failed. The objective is that ${share} succeed: at this rate its budget for 30 days will not last.`,
    runbook: {
      means: 'A few runs fail, and go on failing. Nobody has to get up for it, but somebody has to find out why.',
      noticed: 'Now and then a result is missing.',
      look,
      mend: 'Find the skill with the most failures, and their reasons. If they cannot be helped, say so: change the objective in metrics/rules/budget.ts, and npm run generate.',
    },
  },
} as const satisfies Record<string, AlertSpec>;
