/** Asks a Prometheus which rules it evaluates, and what becomes of them. Whatever goes wrong comes back as a problem, never as a throw. */
import { z } from 'zod';
import type { Labels } from '../../metrics/sli.ts';

export interface RuleGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly name: string;
  /** `unknown`: not evaluated yet. */
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
  /** Unix ms; long ago if it was not evaluated yet. */
  readonly evaluatedMs: number;
  /** Labels of what fires; nothing for a recording rule. */
  readonly firing: readonly Labels[];
}

export type Rules = { readonly groups: readonly RuleGroup[] } | { readonly problem: string };

const evaluated = {
  name: z.string(),
  health: z.enum(['ok', 'err', 'unknown']),
  lastError: z.string().default(''),
  lastEvaluation: z.string().transform(Date.parse).pipe(z.number()),
};
const state = z.enum(['inactive', 'pending', 'firing']);
/** An alert about which nothing is said is not a silent one. */
const rule = z.discriminatedUnion('type', [
  z.object({
    ...evaluated,
    type: z.literal('alerting'),
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state })),
  }),
  z.object({ ...evaluated, type: z.literal('recording') }),
]);
const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(z.object({ name: z.string(), interval: z.number(), rules: z.array(rule) })),
  }),
});

export async function rulesOf(
  prometheusUrl: string,
  deadlineMs: number,
  type: 'all' | 'alert' = 'all',
): Promise<Rules> {
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/rules${type === 'alert' ? '?type=alert' : ''}`, {
      signal: AbortSignal.timeout(deadlineMs),
    });
    const parsed = answer.safeParse(await response.json());
    if (!parsed.success) return { problem: `HTTP ${response.status}, and no answer about rules` };
    return { groups: parsed.data.data.groups.map(groupOf) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function groupOf({ name, interval, rules }: z.infer<typeof answer>['data']['groups'][number]): RuleGroup {
  return {
    name,
    intervalSeconds: interval,
    rules: rules.map((one) => ({
      name: one.name,
      health: one.health,
      lastError: one.lastError,
      evaluatedMs: one.lastEvaluation,
      firing: one.type === 'alerting' ? firingOf(one.alerts) : [],
    })),
  };
}

function firingOf(alerts: readonly { readonly labels: Labels; readonly state: string }[]): readonly Labels[] {
  return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
}
