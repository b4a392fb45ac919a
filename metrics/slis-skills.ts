/**
 * SLIs of skills: what became of the slots that were due. Slots belong to the phase of their due time; those whose bound had not passed
 * at the first injection were exposed to it, and belong to `during`.
 */
import { z } from 'zod';
import { latest, total } from './promql.ts';
import { count, type Labels, ratio, type SliTopology, seconds, sli, titled } from './sli.ts';
import { phases } from './vocabulary.ts';

const ledger = () => ['openclaw-ledger/1'];
const perPhase = z.strictObject({ phase: z.enum(phases), skill: z.string().optional() });
const wholeRun = z.strictObject({ phase: z.enum(phases).optional(), skill: z.string().optional() });
const perSkill = z.strictObject({ skill: z.string().optional() });

/** One series for each skill of the scenario, or for the one asked for. */
function bySkill({ skill }: { readonly skill?: string | undefined }, { skills }: SliTopology): readonly Labels[] {
  return skill === undefined ? skills.map((name) => ({ skill: name })) : [{ skill }];
}

export const skillSlis = {
  skillSuccessRatio: sli({
    ...ratio,
    sentence: 'Share of the slots due in the phase whose run succeeded, by effects and ledger together.',
    params: perPhase,
    title: ({ phase, skill }) => titled('skill success ratio', phase, skill),
    query: ({ phase, skill }, context) =>
      `${total('chaos_skill_outcomes_total', ['skill'], { outcome: 'success', phase, skill }, context)} / ${total('chaos_skill_outcomes_total', ['skill'], { phase, skill }, context)}`,
    series: bySkill,
    protocols: ledger,
  }),
  skillUptimeRatio: sli({
    ...ratio,
    sentence:
      'Share of the slots due in the phase that were executed within their bound (deferred ones: caught up in time).',
    params: perPhase,
    title: ({ phase, skill }) => titled('skill uptime ratio', phase, skill),
    query: ({ phase, skill }, context) =>
      `${total('chaos_schedule_slots_in_time_total', ['skill'], { phase, skill }, context)} / ${total('chaos_schedule_slots_due_total', ['skill'], { phase, skill }, context)}`,
    series: bySkill,
  }),
  skillSlotsDue: sli({
    ...count,
    sentence: 'Slots that the schedules owed, computed by the harness.',
    params: perPhase,
    title: ({ phase, skill }) => titled('skill slots due', phase, skill),
    query: ({ phase, skill }, context) => total('chaos_schedule_slots_due_total', ['skill'], { phase, skill }, context),
    series: bySkill,
  }),
  skillSlotsMissed: sli({
    ...count,
    sentence: 'Slots due that have no completed effect at all; doubles are counted apart, so they cannot hide one.',
    params: wholeRun,
    title: ({ phase, skill }) => titled('skill slots missed', phase, skill),
    query: ({ phase, skill }, context) =>
      `${total('chaos_schedule_slots_due_total', ['skill'], { phase, skill }, context)} - ${total('chaos_schedule_slots_executed_total', ['skill'], { phase, skill }, context)}`,
    series: bySkill,
  }),
  skillSlotsDoubled: sli({
    ...count,
    sentence: 'Completed effects beyond the first of a slot.',
    params: wholeRun,
    title: ({ phase, skill }) => titled('skill slots doubled', phase, skill),
    query: ({ phase, skill }, context) =>
      total('chaos_schedule_slots_doubled_total', ['skill'], { phase, skill }, context),
    series: bySkill,
  }),
  skillSlotsExposed: sli({
    ...count,
    sentence: 'Slots that were due while the target of the fault was down.',
    params: z.strictObject({ fault: z.string().optional(), skill: z.string().optional() }),
    title: ({ fault, skill }) => titled('skill slots exposed', fault, skill),
    query: ({ fault, skill }, context) =>
      total('chaos_schedule_slots_exposed_total', ['skill'], { fault, skill }, context),
    series: bySkill,
  }),
  skillLatenessMaxSeconds: sli({
    ...seconds,
    sentence: 'Largest delay from the due time of a slot to the start of its run.',
    params: perPhase,
    title: ({ phase, skill }) => titled('skill lateness max', phase, skill),
    query: ({ phase, skill }, context) =>
      latest('chaos_skill_lateness_max_seconds', ['skill'], { phase, skill }, context),
    series: bySkill,
  }),
  skillLatenessGrowthSeconds: sli({
    unit: 'seconds',
    sane: { min: -86_400, max: 86_400 },
    sentence: 'Largest lateness during the faults minus the largest before them.',
    params: perSkill,
    title: ({ skill }) => titled('skill lateness growth', 'during - before', skill),
    query: ({ skill }, context) =>
      `${latest('chaos_skill_lateness_max_seconds', ['skill'], { phase: 'during', skill }, context)} - ${latest('chaos_skill_lateness_max_seconds', ['skill'], { phase: 'before', skill }, context)}`,
    series: bySkill,
  }),
} as const;
