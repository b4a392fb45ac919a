/**
 * Metrics of the skill runtime. Its counters are restored from the ledger when a skill is loaded, so that they never go back;
 * `openclaw_skill_run_seconds_total` and the histograms are not: they begin at 0 with each process.
 */
import { type MetricSpec, skillBuckets } from './metric-spec.ts';
import { missedReasons, runOutcomes, slotFates } from './vocabulary.ts';

const layers = ['runtime'] as const;
const skill = { atMost: 2000, boundedBy: 'the folders in skills/; a skill that is gone frees its place' } as const;

export const runtimeMetrics = {
  openclaw_skill_runs_total: {
    type: 'counter',
    unit: 'runs',
    help: 'Finished runs, by outcome.',
    labels: { skill, outcome: runOutcomes },
    // The others are rarer, and 1,000 skills must fit into a scrape.
    introduced: { outcome: ['succeeded', 'failed', 'timed-out'] },
    layers,
    why: 'The share that succeeded is the first objective of the system: OpenclawSkillSuccessBudgetBurnFast and …Slow.',
  },
  openclaw_skill_slots_total: {
    type: 'counter',
    unit: 'slots',
    help: 'Slots of the schedule by what became of them.',
    labels: { skill, fate: slotFates },
    // Missed and caught-up slots come many at once after an outage: none of them may be overlooked.
    introduced: { fate: ['claimed', 'caught-up', 'missed'] },
    layers,
    why: 'The share that ran is the uptime of a skill by its own schedule.',
  },
  openclaw_skill_slots_missed_total: {
    type: 'counter',
    unit: 'slots',
    help: 'Slots of the schedule that have no run, by why.',
    labels: { skill, reason: missedReasons },
    introduced: false,
    layers,
    why: 'Why slots were missed; that they were is openclaw_skill_slots_total{fate="missed"}.',
  },
  openclaw_skill_retries_total: {
    type: 'counter',
    unit: 'attempts',
    help: 'Attempts that failed or timed out and are followed by another one.',
    labels: { skill },
    introduced: false,
    layers,
    why: 'Trouble that retries still hide.',
  },
  openclaw_skill_run_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    help: 'Time that finished runs of the skill took, all together. Unlike the other totals of a skill it begins at 0 when the runtime starts.',
    labels: { skill },
    layers,
    why: 'Its rate divided by that of the runs: how long one of this skill takes on average.',
  },
  openclaw_skill_running: {
    type: 'gauge',
    unit: 'runs',
    help: 'Runs in progress.',
    labels: { skill },
    layers,
    why: 'What runs right now.',
  },
  openclaw_skill_deferred: {
    type: 'gauge',
    unit: 'slots',
    help: 'Slots waiting for what the skill requires.',
    labels: { skill },
    layers,
    why: 'Work that waits for the gateway and will be caught up.',
  },
  openclaw_skill_problem: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the SKILL.md of this folder cannot be used; absent where that was never so.',
    labels: { skill },
    layers,
    why: 'A skill that somebody broke; /v1/skills says how.',
  },
  openclaw_skill_backoff: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the schedule of the skill pauses because it has failed again and again.',
    labels: { skill },
    layers,
    why: 'OpenclawSkillBackingOff: it misses slots until it is mended.',
  },
  openclaw_skill_last_success_timestamp_seconds: {
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When the skill last succeeded, Unix time; absent until it has.',
    labels: { skill },
    layers,
    why: 'How old its result is: OpenclawSkillStale.',
  },
  openclaw_skill_fresh_within_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How old the last success may be by the own schedule of the skill; absent for skills without one.',
    labels: { skill },
    layers,
    why: 'What OpenclawSkillStale compares with: each skill by its own schedule.',
  },
  openclaw_skill_last_start_lateness_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: "From the due time of the skill's latest slot to the start of its process.",
    labels: { skill },
    layers,
    why: 'Which skill starts late, where openclaw_skill_start_lateness_seconds says that some do.',
  },
  openclaw_skill_start_lateness_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: "From a slot's due time to the start of its process, all skills together.",
    labels: {},
    buckets: skillBuckets,
    layers,
    why: 'Is the scheduler on time? A catch-up after an outage shows as a tail.',
  },
  openclaw_skill_run_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Duration of a run, all skills together.',
    labels: {},
    buckets: skillBuckets,
    layers,
    why: 'How long runs take; by skill, openclaw_skill_run_seconds_total.',
  },
  openclaw_outbox_pending: {
    type: 'gauge',
    unit: 'reports',
    help: 'Reports not yet delivered to the gateway.',
    labels: {},
    layers,
    why: 'What waits for the gateway: OpenclawOutboxGrowing.',
  },
  openclaw_outbox_deliveries_total: {
    type: 'counter',
    unit: 'reports',
    help: 'Attempts to deliver a report, by result.',
    labels: { result: ['delivered', 'failed', 'rejected', 'dropped'] },
    layers,
    why: 'Rejected or dropped is a run that the gateway never hears of.',
  },
  openclaw_outbox_detail_dropped_total: {
    type: 'counter',
    unit: 'reports',
    help: 'Reports that lost their reason and output in a full outbox; their outcome stays.',
    labels: {},
    layers,
    why: 'The outage of the gateway was longer than the outbox is large.',
  },
  openclaw_ledger_in_memory: {
    type: 'gauge',
    unit: 'boolean',
    help: '1 while the disk takes no writes and the ledger lives in memory.',
    labels: {},
    layers,
    why: 'A full disk: skills go on, but a crash now would lose what they did.',
  },
} as const satisfies Record<string, MetricSpec>;
