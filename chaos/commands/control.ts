/** `control`: the anti-pattern must come out broken, or the gate proves nothing. */

import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { controlBaseline, controlScenarios, controlTarget, judgeControl } from '../run/control.ts';
import { reasonOf } from '../run/gate.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans } from './prepare.ts';
import { playAll, type RunOptions } from './run.ts';

export async function runControl(options: Omit<RunOptions, 'target'>, terminal: Terminal): Promise<number> {
  const { colors } = terminal;
  const onCoupled = { ...options, target: controlTarget };
  const plans = await makePlans([controlBaseline, ...controlScenarios], onCoupled);
  const results = await playAll(plans, onCoupled, terminal);
  const judged = results.map(judgeControl);
  terminal.lines(['', colors.bold(`Control: ${controlTarget} must break, and hold without a fault`)]);
  for (const { scenario, asExpected, text } of judged) {
    terminal.line(`  ${asExpected ? colors.green('✓') : colors.red('✗')} ${scenario}: ${text}`);
  }
  for (const { scenarioName } of plans.slice(results.length)) terminal.line(`  ? ${scenarioName}: not run`);
  // What is wrong with the run itself comes before what the control says.
  const grave = results.map(reasonOf).filter((reason) => ['notUndone', 'interrupted', 'invalid'].includes(reason));
  if (grave.length > 0) return exitCodeOf(grave);
  return judged.length === plans.length && judged.every(({ asExpected }) => asExpected) ? 0 : exitCodes.broken;
}
