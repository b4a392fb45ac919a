/**
 * The control experiment: the same scenarios against the anti-pattern must come out broken, each for the reason expected, and must
 * hold without a fault. It is how we know that the gate can fail, and that it does not fail for nothing. Pure.
 */
import type { ExitReason } from '../exit-codes.ts';
import { reasonOf } from './gate.ts';
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
  /** What it adds to the exit code: `held` if as expected; `broken` if the gate was wrong; else why it proves nothing. */
  readonly reason: ExitReason;
  /** One line: what came out, and why that is as expected or not. */
  readonly text: string;
}

export function judgeControl(result: RunResult): ControlResult {
  const scenario = result.plan.scenarioName;
  const { verdict } = result;
  const reason = reasonOf(result);
  const proven = (text: string): ControlResult => ({ scenario, asExpected: true, reason: 'held', text });
  const wrong = (text: string): ControlResult => ({ scenario, asExpected: false, reason: 'broken', text });
  // Inconclusive is not broken; a fault that still stands, or Ctrl-C, outweighs whatever came out.
  if (verdict === undefined || !['held', 'broken'].includes(reason)) {
    return { scenario, asExpected: false, reason, text: `proves nothing: ${whyNot(result, reason)}` };
  }
  const first = verdict.reasons[0]?.text ?? 'no reason';
  if (scenario === controlBaseline) {
    return verdict.outcome === 'held'
      ? proven('held without a fault')
      : wrong(`must hold without a fault, but is broken: ${first}`);
  }
  if (verdict.outcome === 'held') return wrong('must be broken, but held');
  const expected = verdict.reasons.find(({ rule, category }) => rule === 3 && expectedReasons.includes(category));
  return expected === undefined
    ? wrong(`broken, but not for skills that failed or did not run: ${first}`)
    : proven(`broken as expected, ${expected.category}: ${expected.text}`);
}

function whyNot({ verdict, error, notUndone }: RunResult, reason: ExitReason): string {
  if (reason === 'notUndone') return `a fault still stands${notUndone[0] === undefined ? '' : ` (${notUndone[0]})`}`;
  if (reason === 'interrupted') return 'interrupted';
  if (verdict !== undefined) return `inconclusive: ${verdict.reasons[0]?.text ?? 'no reason'}`;
  return error?.message ?? 'no verdict';
}
