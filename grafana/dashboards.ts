/** All dashboards there are; the file of each is its key with `.json`. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { chaosRuns } from './dashboards/chaos-runs.ts';
import { overview } from './dashboards/overview.ts';
import { sessionsAndGateway } from './dashboards/sessions-and-gateway.ts';
import { skills } from './dashboards/skills.ts';

export const dashboards = {
  overview,
  skills,
  'sessions-and-gateway': sessionsAndGateway,
  'chaos-runs': chaosRuns,
} as const satisfies Record<string, Dashboard>;
