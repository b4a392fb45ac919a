/** Turns a valid scenario into a frozen plan. Pure and deterministic: the same input gives the same plan, byte for byte. */
import { endToEnd } from '../../metrics/vocabulary.ts';
import { faultOf } from '../faults/registry.ts';
import { entryName, everyMsOf, minExposedSlots } from '../input/timeline-entry.ts';
import type { Manifest } from '../manifest.ts';
import type { Scenario, TimelineEntry } from '../scenario.ts';
import { judgedFrom, vantagesOf } from '../topology.ts';
import { blastRadius, localSkillsOf } from './blast-radius.ts';
import { checksOf } from './checks.ts';
import { equipped } from './equipment.ts';
import { judgedAlerts } from './judged-alerts.ts';
import { type AffectedView, type Outline, type Plan, type PlannedEntry, recoveryBudgetMs } from './plan-shape.ts';

export interface PlanRequest {
  readonly scenario: Scenario;
  readonly scenarioName: string;
  readonly file: string;
  readonly manifest: Manifest;
  readonly platform: string;
  readonly seed: number;
}

/** Starting, draining and asking, on a slow machine: queries look back that much further than the timeline is long. */
const rangeMarginMs = 300_000;

export function makePlan({ scenario, scenarioName, file, manifest: given, platform, seed }: PlanRequest): Plan {
  const manifest = equipped(given, scenario);
  const entries = scenario.timeline.map((_, index) => planEntry(index, scenario, manifest));
  const skills = Object.keys(scenario.skills);
  const firstMs = entries[0]?.startMs ?? 0;
  const lastEndMs = Math.max(0, ...entries.map(({ endMs }) => endMs));
  const longestMs =
    scenario.steadyState.withinMs + lastEndMs + entries.length * recoveryBudgetMs + scenario.settleMs + rangeMarginMs;
  const outline: Outline = {
    version: 1,
    scenarioName,
    file,
    target: manifest.name,
    platform,
    seed,
    scenario,
    manifest,
    rangeSeconds: Math.ceil(longestMs / 60_000) * 60,
    entries,
    topology: {
      layers: vantagesOf(manifest),
      skills,
      localSkills: localSkillsOf(manifest, skills),
      faults: entries.map(({ name }) => name),
      alerts: judgedAlerts(scenario),
      healedFaults: entries.filter(({ healedBy }) => healedBy === 'harness').map(({ name }) => name),
    },
    phasesMs: { before: firstMs, during: lastEndMs - firstMs, after: scenario.settleMs },
  };
  return deepFreeze(structuredClone({ ...outline, checks: checksOf(outline) }));
}

function planEntry(index: number, scenario: Scenario, manifest: Manifest): PlannedEntry {
  const entry = scenario.timeline[index] as TimelineEntry;
  const { fault, atMs, forMs = 0, expect, alerts } = entry;
  const skills = Object.keys(scenario.skills);
  const { links, nodes, skills: deferredSkills, broken } = blastRadius(fault, manifest, skills);
  const { destroysMemory, clockOffsetMs, healedBy } = faultOf(fault);
  const everyMs = everyMsOf(fault);
  const down = Object.values(expect).some((condition) => condition === 'failed' || condition === 'paused');
  return {
    name: entryName(index, fault.kind),
    fault,
    startMs: atMs,
    endMs: atMs + forMs,
    forMs,
    observeUntilMs: scenario.timeline[index + 1]?.atMs ?? atMs + forMs + scenario.settleMs,
    healedBy: healedBy(fault),
    expect,
    targets: { links, nodes },
    deferredSkills,
    ...(broken.length > 0 && { brokenSkills: broken }),
    ...(destroysMemory && { forgetfulNodes: nodes }),
    ...(clockOffsetMs && { clockOffsetMs: clockOffsetMs(fault) }),
    affected: affectedBy(entry, scenario, manifest),
    // A single kill may be over before three slots were due: it counts towards the whole scenario's exposure only.
    exposure: { slots: down && forMs > 0 ? minExposedSlots : 0, skills: localSkillsOf(manifest, skills) },
    minBlows: everyMs === undefined ? 0 : 2,
    ...(alerts && { alerts }),
  };
}

function affectedBy({ expect }: TimelineEntry, { user }: Scenario, manifest: Manifest): readonly AffectedView[] {
  const layers = Object.entries(expect).flatMap(([layer, condition]) =>
    condition === 'ok' ? [] : [{ layer, vantage: judgedFrom(manifest, layer), condition, mustShow: true }],
  );
  if (layers.length === 0 || user?.runSkill === undefined) return layers;
  // A run may be asked for before the fault and its event come after it: end to end must recover, but need not be seen bad.
  return [...layers, { layer: endToEnd, vantage: 'user', condition: 'paused', mustShow: false }];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
