/**
 * The control experiment: the same scenarios against the anti-pattern must come out broken, each for the reason expected, and must
 * hold without a fault. It is how we know that the gate can fail, and that it does not fail for nothing. Pure.
 */
import type { RunResult } from './run.ts';

/** Of `scenarios/`; the others say nothing about a system whose logic hangs on the gateway. */
export const controlScenarios = ['websocket-drop', 'network-partition', 'process-restart', 'gateway-down'] as const;
export const controlTarget = 'coupled';
/** Under no fault at all, even the anti-pattern holds. */
export const controlBaseline = 'noop';

/** In these categories the anti-pattern shows: a skill failed, or did not run when it was due. */
const expectedReasons: readonly string[] = ['skill-success', 'skill-uptime'];

export interface ControlResult {
  readonly scenario: string;
  readonly asExpected: boolean;
  /** One line: what came out, and why that is as expected or not. */
  readonly text: string;
}

export function judgeControl(result: RunResult): ControlResult {
  const scenario = result.plan.scenarioName;
  const { verdict } = result;
  if (verdict === undefined) {
    const why = result.interrupted ? 'interrupted' : (result.error?.message ?? 'no verdict');
    return { scenario, asExpected: false, text: `nothing to judge: ${why}` };
  }
  const { outcome, reasons } = verdict;
  const first = reasons[0]?.text ?? 'no reason';
  if (scenario === controlBaseline) {
    return outcome === 'held'
      ? { scenario, asExpected: true, text: 'held without a fault' }
      : { scenario, asExpected: false, text: `must hold without a fault, but is ${outcome}: ${first}` };
  }
  if (outcome !== 'broken') {
    return { scenario, asExpected: false, text: `must be broken, but is ${outcome}: ${first}` };
  }
  const expected = reasons.find(({ rule, category }) => rule === 3 && expectedReasons.includes(category));
  return expected === undefined
    ? { scenario, asExpected: false, text: `broken, but not for skills that failed or did not run: ${first}` }
    : { scenario, asExpected: true, text: `broken as expected, ${expected.category}: ${expected.text}` };
}
