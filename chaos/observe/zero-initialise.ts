/**
 * Makes every counter series of the plan exist, at 0, before anything happens: so that nothing seen is a 0 and no data is no data.
 * Timestamps and maxima are left out: there, a 0 would pass for a measurement.
 */
import {
  disagreements,
  durables,
  inFlightThings,
  operatorStates,
  type Phase,
  phases,
  probeResults,
  skillOutcomes,
} from '../../metrics/vocabulary.ts';
import type { Manifest } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import type { FaultEntry } from './fault-record.ts';
import type { Publisher } from './publisher.ts';
import { spokenBy, viewsOf } from './views.ts';

export function zeroInitialise(
  publisher: Publisher,
  manifest: Manifest,
  scenario: Scenario,
  entries: readonly FaultEntry[],
): void {
  for (const phase of phases) {
    publisher.raise('chaos_harness_lag_seconds_total', { phase }, 0);
    publisher.raise('chaos_window_seconds_total', { phase }, 0);
    for (const skill of Object.keys(scenario.skills)) zeroSkill(publisher, skill, phase);
  }
  zeroViews(publisher, manifest);
  for (const { name } of entries) zeroFault(publisher, manifest, scenario, name);
  for (const between of disagreements) publisher.raise('chaos_disagreements_total', { between }, 0);
  for (const what of durables) {
    publisher.raise('chaos_durable_checked_total', { what }, 0);
    publisher.raise('chaos_durable_lost_total', { what }, 0);
    publisher.raise('chaos_durable_doubled_total', { what }, 0);
  }
  for (const said of operatorStates) {
    for (const truth of operatorStates) {
      for (const phase of phases) publisher.raise('chaos_operator_checks_total', { said, truth, phase }, 0);
    }
  }
}

function zeroViews(publisher: Publisher, manifest: Manifest): void {
  for (const { layer, vantage } of viewsOf(manifest)) {
    for (const phase of phases) {
      publisher.raise('chaos_layer_observed_seconds_total', { layer, vantage, phase }, 0);
      publisher.raise('chaos_layer_available_seconds_total', { layer, vantage, phase }, 0);
      for (const result of probeResults) {
        publisher.raise('chaos_probes_total', { layer, vantage, phase, result }, 0);
      }
    }
  }
}

function zeroSkill(publisher: Publisher, skill: string, phase: Phase): void {
  publisher.raise('chaos_schedule_slots_due_total', { skill, phase }, 0);
  publisher.raise('chaos_schedule_slots_executed_total', { skill, phase }, 0);
  publisher.raise('chaos_schedule_slots_in_time_total', { skill, phase }, 0);
  publisher.raise('chaos_schedule_slots_doubled_total', { skill, phase }, 0);
  for (const outcome of skillOutcomes) publisher.raise('chaos_skill_outcomes_total', { skill, phase, outcome }, 0);
}

function zeroFault(publisher: Publisher, manifest: Manifest, scenario: Scenario, fault: string): void {
  publisher.set('chaos_fault_active', { fault }, 0);
  publisher.raise('chaos_faults_injected_total', { fault }, 0);
  publisher.raise('chaos_faults_proved_total', { fault }, 0);
  publisher.raise('chaos_fault_blows_total', { fault }, 0);
  for (const what of inFlightThings) publisher.raise('chaos_fault_in_flight_total', { fault, what }, 0);
  for (const { layer, vantage } of viewsOf(manifest)) {
    publisher.raise('chaos_fault_outages_total', { fault, layer, vantage }, 0);
    publisher.raise('chaos_fault_good_probes_total', { fault, layer, vantage }, 0);
  }
  for (const skill of Object.keys(scenario.skills)) {
    publisher.raise('chaos_schedule_slots_exposed_total', { skill, fault }, 0);
  }
  const layer = spokenBy(manifest, 'openclaw-session/1')?.node;
  if (layer === undefined) return;
  publisher.raise('chaos_fault_disconnects_total', { fault, layer }, 0);
  publisher.raise('chaos_fault_interruptions_total', { fault, layer }, 0);
}
