/** Service SLIs for who looks right now: what is down and since when, how old the last success is, what fires. */
import { current, lastOver, up } from './promql-live.ts';
import { grouping } from './selector.ts';
import { byDefault, type ServiceSli } from './service-sli.ts';
import { skillServiceSlis } from './service-slis-skills.ts';

/** Of our rules; an alert carries only the labels that its rule kept, so no job and no instance. */
const firing = 'ALERTS{alertname=~"Openclaw.+",alertstate="firing"}';

export const nowServiceSlis = {
  skillsRunningRatio: {
    unit: 'ratio',
    sentence:
      'Share of the slots accounted for in the window that got a run; 0 while the runtime does not answer its scrapes, for then nothing is started.',
    title: 'Skills running',
    query: (context) => {
      const runtimeUp = `min(${up({ where: { ...context.where, layer: 'runtime' } })})`;
      return `(${skillServiceSlis.skillUptimeRatio.query(context)}) * on () group_left () ${runtimeUp} or on () (${runtimeUp} == 0)`;
    },
  },
  layerSilentSeconds: {
    unit: 'seconds',
    sentence: 'How long ago the layer last answered a scrape; nothing if it has not in the window.',
    title: 'Silent for',
    query: ({ by = ['layer'], where = {}, window }) =>
      `time() - max${grouping(by)} (max_over_time((timestamp(${up({ where })} == 1))[${window}:1s]))`,
  },
  layerRunningSeconds: {
    unit: 'seconds',
    sentence: 'How long the process of the layer has been running.',
    title: 'Running for',
    query: (context) => `time() - ${current('openclaw_start_timestamp_seconds', byDefault(['layer'], context))}`,
  },
  gatewayLostAgoSeconds: {
    unit: 'seconds',
    sentence: 'How long ago this layer last saw the gateway turn unreachable; nothing if it has not in the window.',
    title: 'Gateway lost',
    query: (context) =>
      `time() - ${lastOver('openclaw_gateway_lost_timestamp_seconds', byDefault(['layer'], context))}`,
  },
  gatewayRegainedAgoSeconds: {
    unit: 'seconds',
    sentence: 'How long ago this layer last saw the gateway turn reachable again; nothing if it has not in the window.',
    title: 'Gateway regained',
    query: (context) =>
      `time() - ${lastOver('openclaw_gateway_regained_timestamp_seconds', byDefault(['layer'], context))}`,
  },
  skillAgeSeconds: {
    unit: 'seconds',
    sentence: 'How long ago the skill last succeeded; nothing if it never has.',
    title: 'Last success',
    query: (context) =>
      `time() - ${current('openclaw_skill_last_success_timestamp_seconds', byDefault(['skill'], context))}`,
  },
  skillAgeRatio: {
    unit: 'ratio',
    sentence: 'Age of the last success as a share of what the schedule of the skill allows: stale above 1.',
    title: 'Age of the last success, by schedule',
    query: (context) => {
      const each = byDefault(['skill'], context);
      const age = `(time() - ${current('openclaw_skill_last_success_timestamp_seconds', each)})`;
      return `${age} / ${current('openclaw_skill_fresh_within_seconds', each)}`;
    },
  },
  faultWindow: {
    unit: 'count',
    sentence: '1 while a fault stands, and nothing else: the windows that dashboards mark.',
    title: 'Fault',
    query: (context) => `${current('chaos_fault_active', byDefault(['fault'], context))} == 1`,
  },
  alertsFiring: {
    unit: 'count',
    sentence: '1 for each alert that fires, by what it is about.',
    title: 'Alerts firing',
    query: ({ by = ['alertname', 'severity', 'layer', 'skill'] }) => `max${grouping(by)} (${firing})`,
  },
  alertsFiringCount: {
    unit: 'count',
    sentence: 'How many alerts fire; nothing if none does.',
    title: 'Alerts firing',
    query: ({ by = [] }) => `count${grouping(by)} (${firing})`,
  },
} as const satisfies Record<string, ServiceSli>;
