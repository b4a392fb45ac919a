/** How far a run depends on the gateway: not at all, or, in the anti-pattern `coupled`, at both of its ends. */
import type { GatewayLink } from '../../layer/gateway-link.ts';
import type { RunReport } from '../../layer/wire.ts';
import type { Skill } from '../skills/skill-file.ts';

export interface GatewayPolicy {
  /** True if the skill's runs must wait until what it requires can be reached. */
  mustWait(skill: Skill): boolean;
  /** Asked before a process is started: why the run fails instead, or null. Absent: nobody is asked. `traceparent`: of the run's span. */
  readonly before?: (traceparent: string | undefined) => Promise<string | null>;
  /** Told of the end before it is recorded: why the run counts as failed after all, or null. */
  readonly after?: (report: RunReport) => Promise<string | null>;
}

/** Both questions are put in any case, backed off by nothing but the schedule. */
const once = { timeoutMs: 1000, ungated: true } as const;

/** Skills run whatever becomes of the gateway; those that require it wait for it. */
export function independent(link: Pick<GatewayLink, 'reachable'>): GatewayPolicy {
  return { mustWait: ({ requires }) => requires.includes('gateway') && !link.reachable };
}

/** Asks once, reports once, tries nothing again: whatever goes wrong on the way to the gateway fails the slot. */
export function coupled(link: Pick<GatewayLink, 'request'>): GatewayPolicy {
  return {
    mustWait: () => false,
    before: (traceparent) =>
      reasonToFail('no live session', async () => {
        const path = '/v1/sessions/live';
        const { status, body } = await link.request('GET', path, { ...once, route: path, parent: traceparent ?? null });
        const live = typeof body === 'object' && body !== null && 'live' in body && body.live === true;
        return status === 200 && live;
      }),
    after: (report) =>
      reasonToFail('the gateway did not take the report', async () => {
        const trace = { route: '/v1/reports', parent: report.traceparent ?? null };
        const { status } = await link.request('POST', '/v1/reports', { ...once, ...trace, body: report });
        return status === 200;
      }),
  };
}

async function reasonToFail(refusal: string, ask: () => Promise<boolean>): Promise<string | null> {
  try {
    return (await ask()) ? null : refusal;
  } catch (error) {
    return `${refusal}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
