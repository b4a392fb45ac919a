/** What the dashboards are called in addresses. */
export const uids = {
  overview: 'openclaw-overview',
  skills: 'openclaw-skills',
  sessionsAndGateway: 'openclaw-sessions',
  chaosRuns: 'openclaw-chaos',
} as const;
