/**
 * Every metric of the system (`openclaw_`, `http_`) and of the harness (`chaos_`): the vocabulary that both halves speak.
 * Instruments are made from it by `instrument()`, so a metric that is not listed here cannot exist.
 */

export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds in the metric's base unit; histograms only. */
  readonly buckets?: readonly number[];
}

/** OpenTelemetry's HTTP semantic conventions' advice, seconds. */
const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
const skillBuckets = [...httpBuckets, 30, 60, 120] as const;

export const catalog = {
  // Every layer
  openclaw_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say which layer and version answers.',
    labels: ['layer', 'version'],
  },
  openclaw_start_timestamp_seconds: {
    type: 'gauge',
    help: 'When this process started, Unix time with milliseconds.',
    labels: ['layer'],
  },
  openclaw_gateway_reachable: {
    type: 'gauge',
    help: '1 while the gateway answers this layer, 0 while it does not.',
    labels: ['layer'],
  },
  openclaw_gateway_connection_attempts_total: {
    type: 'counter',
    help: 'Times this layer dialled the gateway anew.',
    labels: ['layer'],
  },
  openclaw_gateway_connection_issues_total: {
    type: 'counter',
    help: 'Transitions of the gateway from reachable to unreachable, as seen by this layer.',
    labels: ['layer'],
  },
  openclaw_degraded: {
    type: 'gauge',
    help: '1 while the layer does something less well than it should, and says so in /health.',
    labels: ['layer'],
  },
  openclaw_auth_failures_total: {
    type: 'counter',
    help: 'Tokens that were refused, or not even looked at because their address had sent too many wrong ones.',
    labels: ['layer'],
  },
  openclaw_state_quarantined_total: {
    type: 'counter',
    help: 'State files that could not be used and were put aside.',
    labels: ['layer', 'file'],
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of HTTP requests, by route template.',
    labels: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: httpBuckets,
  },

  // Session layer
  openclaw_session_connections: { type: 'gauge', help: 'Open WebSocket connections that said hello.', labels: [] },
  openclaw_session_messages_total: {
    type: 'counter',
    help: 'Messages of clients, by whether they were new or sent again.',
    labels: ['result'],
  },
  openclaw_session_events_total: {
    type: 'counter',
    help: 'Events of the gateway that were taken over.',
    labels: [],
  },
  openclaw_session_undelivered: {
    type: 'gauge',
    help: 'Messages of clients that the gateway does not have yet.',
    labels: [],
  },
  openclaw_session_deliveries_total: {
    type: 'counter',
    help: 'Messages of clients by what became of them on the way to the gateway; given up: too many waited.',
    labels: ['result'],
  },
  openclaw_session_resumes_total: {
    type: 'counter',
    help: 'Hellos that named a session, by whether its log could be continued.',
    labels: ['recovered'],
  },
  openclaw_session_heartbeat_timeouts_total: {
    type: 'counter',
    help: 'Connections ended because the peer went silent.',
    labels: [],
  },
  openclaw_session_rejections_total: {
    type: 'counter',
    help: 'Connections refused or closed for cause.',
    labels: ['reason'],
  },

  // Gateway core
  openclaw_gateway_run_requests_total: {
    type: 'counter',
    help: 'Requests to run a skill now, by whether the idempotency key was new.',
    labels: ['result'],
  },
  openclaw_gateway_reports_total: {
    type: 'counter',
    help: 'Run reports received, by whether they were new.',
    labels: ['result'],
  },
  openclaw_gateway_commands_pending: {
    type: 'gauge',
    help: 'Commands that the runtime has not acknowledged.',
    labels: [],
  },
  openclaw_gateway_cancel_requests_total: {
    type: 'counter',
    help: 'Requests to cancel a run, by whether they were the first for it.',
    labels: ['result'],
  },
  openclaw_gateway_messages_total: {
    type: 'counter',
    help: 'Messages of clients that the session layer delivered, by whether they were new.',
    labels: ['result'],
  },
  openclaw_gateway_event_streams: { type: 'gauge', help: 'Open event streams.', labels: [] },

  // Skill runtime; its counters are restored from the ledger at boot, so they never go back
  openclaw_skill_runs_total: { type: 'counter', help: 'Finished runs, by outcome.', labels: ['skill', 'outcome'] },
  openclaw_skill_slots_total: {
    type: 'counter',
    help: 'Slots of the schedule by what became of them.',
    labels: ['skill', 'fate'],
  },
  openclaw_skill_slots_missed_total: {
    type: 'counter',
    help: 'Slots of the schedule that have no run, by why.',
    labels: ['skill', 'reason'],
  },
  openclaw_skill_retries_total: {
    type: 'counter',
    help: 'Attempts that failed or timed out and are followed by another one.',
    labels: ['skill'],
  },
  openclaw_skill_running: { type: 'gauge', help: 'Runs in progress.', labels: ['skill'] },
  openclaw_skill_deferred: { type: 'gauge', help: 'Slots waiting for what the skill requires.', labels: ['skill'] },
  openclaw_skill_problem: {
    type: 'gauge',
    help: '1 while the SKILL.md of this folder cannot be used.',
    labels: ['skill'],
  },
  openclaw_skill_backoff: {
    type: 'gauge',
    help: '1 while the schedule of the skill pauses because it has failed again and again.',
    labels: ['skill'],
  },
  openclaw_skill_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the skill last succeeded, Unix time.',
    labels: ['skill'],
  },
  openclaw_skill_start_lateness_seconds: {
    type: 'histogram',
    help: "From a slot's due time to the start of its process.",
    labels: ['skill'],
    buckets: skillBuckets,
  },
  openclaw_skill_run_duration_seconds: {
    type: 'histogram',
    help: 'Duration of a run.',
    labels: ['skill'],
    buckets: skillBuckets,
  },
  openclaw_outbox_pending: { type: 'gauge', help: 'Reports not yet delivered to the gateway.', labels: [] },
  openclaw_outbox_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver a report, by result.',
    labels: ['result'],
  },

  openclaw_outbox_detail_dropped_total: {
    type: 'counter',
    help: 'Reports that lost their reason and output in a full outbox; their outcome stays.',
    labels: [],
  },
  openclaw_ledger_in_memory: {
    type: 'gauge',
    help: '1 while the disk takes no writes and the ledger lives in memory.',
    labels: [],
  },

  // The harness: its own state
  chaos_run_info: {
    type: 'gauge',
    help: 'Always 1; the labels name the run.',
    labels: ['scenario', 'target', 'platform'],
  },
  chaos_recorder_sequence: {
    type: 'gauge',
    help: 'Rises with each scrape-worthy change; the verdict waits until Prometheus has answered with the last one.',
    labels: [],
  },
  chaos_harness_lag_seconds_total: {
    type: 'counter',
    help: 'Seconds in which the event loop of the harness lagged over 250 ms: nothing was observed.',
    labels: ['phase'],
  },
  chaos_window_seconds_total: { type: 'counter', help: 'Seconds that each phase lasted.', labels: ['phase'] },

  // The harness: probes
  chaos_probes_total: { type: 'counter', help: 'Probes, by result.', labels: ['layer', 'vantage', 'phase', 'result'] },
  chaos_layer_observed_seconds_total: {
    type: 'counter',
    help: 'Seconds in which the layer was observed.',
    labels: ['layer', 'vantage', 'phase'],
  },
  chaos_layer_available_seconds_total: {
    type: 'counter',
    help: 'Observed seconds outside an outage (2 bad probes in a row start one).',
    labels: ['layer', 'vantage', 'phase'],
  },

  // The harness: faults. Timestamps are never zero-initialised.
  chaos_fault_active: { type: 'gauge', help: '1 from injection to heal.', labels: ['fault'] },
  chaos_faults_injected_total: { type: 'counter', help: 'Faults injected.', labels: ['fault'] },
  chaos_faults_proved_total: {
    type: 'counter',
    help: 'Faults whose own canary saw them take effect.',
    labels: ['fault'],
  },
  chaos_fault_blows_total: {
    type: 'counter',
    help: 'Blows of a repeating fault that landed, or found their target still down from the one before.',
    labels: ['fault'],
  },
  chaos_fault_injection_timestamp_seconds: {
    type: 'gauge',
    help: 'When the fault was injected, Unix time.',
    labels: ['fault'],
  },
  chaos_fault_heal_timestamp_seconds: {
    type: 'gauge',
    help: 'When the harness had ended the fault, Unix time.',
    labels: ['fault'],
  },
  chaos_fault_onset_timestamp_seconds: {
    type: 'gauge',
    help: 'Start of the first bad probe after injection, Unix time.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_recovery_start_timestamp_seconds: {
    type: 'gauge',
    help: 'From when recovery counts: heal, or the last blow where the system must heal itself. Unix time.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_recovered_timestamp_seconds: {
    type: 'gauge',
    help: 'Completion of the first good probe of the streak that lasted to the end of observation, Unix time.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_recovery_resolution_seconds: {
    type: 'gauge',
    help: 'How exactly the time of recovery is known: from the start of the probe before to the start of the first good one.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_unrecovered: {
    type: 'gauge',
    help: '1 while bad since the fault, 0 while no outage stands; set from injection on. What makes "never recovered" data rather than no data.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_outages_total: {
    type: 'counter',
    help: 'Outages that started between injection and the end of observation.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_good_probes_total: {
    type: 'counter',
    help: 'Good probes between onset and heal.',
    labels: ['fault', 'layer', 'vantage'],
  },
  chaos_fault_disconnects_total: {
    type: 'counter',
    help: 'Times the user lost its connection while the fault stood.',
    labels: ['fault', 'layer'],
  },
  chaos_fault_interruptions_total: {
    type: 'counter',
    help: 'Blows after which, and before the next, the user lost its connection.',
    labels: ['fault', 'layer'],
  },
  chaos_fault_in_flight_total: {
    type: 'counter',
    help: 'Things that the user had sent and not been told the fate of when a blow was dealt, over all blows that landed.',
    labels: ['fault', 'what'],
  },

  chaos_crowd_back_seconds: {
    type: 'gauge',
    help: 'From heal until the last session of the crowd was connected again.',
    labels: ['fault'],
  },

  // The harness: slots, computed from the scenario's schedules; executed is read from what skills wrote
  chaos_schedule_slots_due_total: { type: 'counter', help: 'Slots due.', labels: ['skill', 'phase'] },
  chaos_schedule_slots_executed_total: {
    type: 'counter',
    help: 'Slots with at least one completed effect.',
    labels: ['skill', 'phase'],
  },
  chaos_schedule_slots_in_time_total: {
    type: 'counter',
    help: 'Slots executed within their bound.',
    labels: ['skill', 'phase'],
  },
  chaos_schedule_slots_doubled_total: {
    type: 'counter',
    help: 'Completed effects beyond the first of a slot.',
    labels: ['skill', 'phase'],
  },
  chaos_schedule_slots_exposed_total: {
    type: 'counter',
    help: 'Slots due while the target of a fault was down.',
    labels: ['skill', 'fault'],
  },
  chaos_skill_outcomes_total: {
    type: 'counter',
    help: 'What the ledger and the effects together say became of each slot.',
    labels: ['skill', 'phase', 'outcome'],
  },
  chaos_skill_lateness_max_seconds: {
    type: 'gauge',
    help: 'Largest delay from due time to start.',
    labels: ['skill', 'phase'],
  },
  chaos_disagreements_total: {
    type: 'counter',
    help: "Contradictions between effects, ledger and the system's own counters.",
    labels: ['between'],
  },

  // The harness: its user
  chaos_durable_checked_total: {
    type: 'counter',
    help: 'Acknowledged things that were looked for afterwards.',
    labels: ['what'],
  },
  chaos_durable_lost_total: { type: 'counter', help: 'Acknowledged things that were gone.', labels: ['what'] },
  chaos_durable_doubled_total: {
    type: 'counter',
    help: 'Acknowledged things found more than once, or out of order.',
    labels: ['what'],
  },
  chaos_operator_checks_total: {
    type: 'counter',
    help: "Runs of the operator's shell check, by what it said, what was true, and when.",
    labels: ['said', 'truth', 'phase'],
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof catalog;
export type LabelOf<N extends MetricName> = (typeof catalog)[N]['labels'][number];
