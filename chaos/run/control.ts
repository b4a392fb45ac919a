/**
 * The control experiment: the same scenarios against the anti-pattern must come out broken, each for the reason expected, and must
 * hold without a fault; and each scenario that guards a promise of its own must break on a system with one bug put in. It is how we
 * know that the gate can fail, and that it does not fail for nothing. Pure.
 */
import type { ExitReason } from '../exit-codes.ts';
import type { CheckCategory } from '../plan/check.ts';
import { reasonOf } from './gate.ts';
import type { RunResult } from './run.ts';

/** Of `scenarios/`; the others say nothing about a system whose logic hangs on the gateway. */
export const controlScenarios = ['websocket-drop', 'network-partition', 'process-restart', 'gateway-down'] as const;
export const controlTarget = 'coupled';
/** Under no fault at all, even the anti-pattern holds. */
export const controlBaseline = 'noop';

/** What a target does wrong, as the end of `broken, but not for …`, and in which categories that shows. */
interface Flaw {
  readonly shows: string;
  readonly in: readonly CheckCategory[];
}

const antiPattern: Flaw = { shows: 'skills that failed or did not run', in: ['skill-success', 'skill-uptime'] };

/** Scenario → the flaw of its buggy target. */
export const deliberateBugs = {
  'torn-state': { shows: 'slots that never ran', in: ['skill-uptime'] },
  'disk-full': { shows: 'skills that did not run', in: ['skill-success', 'skill-uptime'] },
  'clock-jump': { shows: 'slots that never ran', in: ['skill-uptime'] },
  'resume-storm': { shows: 'messages that were stored twice', in: ['durability'] },
  'half-open': { shows: 'silent peers that were never found', in: ['connection'] },
  'crash-loop': { shows: 'a broken skill that is started at every slot', in: ['injection'] },
} as const satisfies Record<string, Flaw>;

/** Path of the manifest with the bug that the scenario must find; it goes by the name `buggy-SCENARIO`. */
export function buggyTarget(scenario: keyof typeof deliberateBugs): string {
  return `system/manifests/buggy/${scenario}.ts`;
}

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
  const flaw = flawOf(result);
  const expected = verdict.reasons.find(({ rule, category }) => rule === 3 && flaw.in.some((it) => it === category));
  return expected === undefined
    ? wrong(`broken, but not for ${flaw.shows}: ${first}`)
    : proven(`broken as expected, ${expected.category}: ${expected.text}`);
}

function flawOf({ plan: { target, scenarioName } }: RunResult): Flaw {
  const bugs: Readonly<Record<string, Flaw>> = deliberateBugs;
  return (target === `buggy-${scenarioName}` ? bugs[scenarioName] : undefined) ?? antiPattern;
}

function whyNot({ verdict, error, notUndone }: RunResult, reason: ExitReason): string {
  if (reason === 'notUndone') return `a fault still stands${notUndone[0] === undefined ? '' : ` (${notUndone[0]})`}`;
  if (reason === 'interrupted') return 'interrupted';
  if (verdict !== undefined) return `inconclusive: ${verdict.reasons[0]?.text ?? 'no reason'}`;
  return error?.message ?? 'no verdict';
}
