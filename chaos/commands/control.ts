/** `control`: the anti-pattern must come out broken, or the gate proves nothing. */

import { exitCodeOf } from '../exit-codes.ts';
import { controlBaseline, controlScenarios, controlTarget, judgeControl } from '../run/control.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans } from './prepare.ts';
import { type PlayOptions, playAll } from './run.ts';

export async function runControl(options: Omit<PlayOptions, 'target'>, terminal: Terminal): Promise<number> {
  const { colors } = terminal;
  const onCoupled = { ...options, target: controlTarget };
  const prepared = await makePlans([controlBaseline, ...controlScenarios], onCoupled);
  const results = await playAll(prepared, onCoupled, terminal);
  const judged = results.map(judgeControl);
  terminal.lines(['', colors.bold(`Control: ${controlTarget} must break, and hold without a fault`)]);
  for (const { scenario, asExpected, text } of judged) {
    terminal.line(`  ${asExpected ? colors.green('✓') : colors.red('✗')} ${scenario}: ${text}`);
  }
  const run = new Set(results.map(({ plan }) => plan));
  const notRun = prepared.plans.filter((plan) => !run.has(plan));
  for (const { scenarioName } of notRun) terminal.line(`  ? ${scenarioName}: not run`);
  return exitCodeOf([...judged.map(({ reason }) => reason), ...(notRun.length > 0 ? (['inconclusive'] as const) : [])]);
}
