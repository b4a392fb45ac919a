/** `control`: the anti-pattern must come out broken, and so must each system with a bug put in, or the gate proves nothing. */

import { exitCodeOf } from '../exit-codes.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { BadInput } from '../input/problem.ts';
import {
  buggyTarget,
  controlBaseline,
  controlScenarios,
  controlTarget,
  deliberateBugs,
  judgeControl,
} from '../run/control.ts';
import { independenceShare } from '../terminal/independence-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type Prepared } from './prepare.ts';
import { type PlayOptions, playAll } from './run.ts';

type ControlOptions = Omit<PlayOptions, 'target'>;

/** `names`: only these controls; none: all. */
export async function runControl(
  names: readonly string[],
  options: ControlOptions,
  terminal: Terminal,
): Promise<number> {
  const { colors } = terminal;
  const { platform, plans, notPlayed } = await prepareControl(names, options);
  const targets = [...new Set(plans.map(({ target }) => target))];
  const target = targets.join(', ');
  const results = await playAll({ plans, platform }, { ...options, target }, terminal);
  const judged = results.map((result) => {
    const { independence, plan } = result;
    return { ...judgeControl(result), on: plan.target, independence: independence && independenceShare(independence) };
  });
  const title = `Control: ${controlTarget} must break, and hold without a fault; each bug must be found`;
  terminal.lines(['', colors.bold(title)]);
  for (const { scenario, on, asExpected, text, independence } of judged) {
    const aside = independence === undefined ? '' : colors.dim(`; independence ${independence}`);
    terminal.line(`  ${asExpected ? colors.green('✓') : colors.red('✗')} ${scenario} on ${on}: ${text}${aside}`);
  }
  for (const { name, why } of notPlayed) terminal.line(`  - ${name}: not played on ${platform.provider.name}: ${why}`);
  const run = new Set(results.map(({ plan }) => plan));
  const notRun = plans.filter((plan) => !run.has(plan));
  for (const { scenarioName } of notRun) terminal.line(`  ? ${scenarioName}: not run`);
  return exitCodeOf([...judged.map(({ reason }) => reason), ...(notRun.length > 0 ? (['inconclusive'] as const) : [])]);
}

/** Scenario and the target that it must break on, or hold on without a fault. */
const controls: readonly (readonly [scenario: string, target: string])[] = [
  ...[controlBaseline, ...controlScenarios].map((scenario) => [scenario, controlTarget] as const),
  ...Object.keys(deliberateBugs).map((bug) => [bug, buggyTarget(bug as keyof typeof deliberateBugs)] as const),
];

/** What this platform cannot play is left out, and told. */
async function prepareControl(names: readonly string[], options: ControlOptions): Promise<Prepared> {
  const known = controls.map(([scenario]) => scenario);
  const strange = names.filter((name) => !known.includes(name));
  if (strange.length > 0) {
    throw new BadInput(
      strange.map((name) => ({ file: '', field: '', problem: `no control "${name}"`, mend: didYouMean(name, known) })),
    );
  }
  const wanted = controls.filter(([scenario]) => names.length === 0 || names.includes(scenario));
  const prepared: Prepared[] = [];
  for (const [scenario, target] of wanted) {
    // Chosen once: what is found out anew each time could come out another way.
    const platform = prepared[0]?.platform.provider.name ?? options.platform;
    prepared.push(await makePlans([scenario], { ...options, platform, target, leaveOutUnplayable: true }));
  }
  return {
    platform: (prepared[0] as Prepared).platform,
    plans: prepared.flatMap(({ plans }) => plans),
    notPlayed: prepared.flatMap(({ notPlayed }) => notPlayed),
  };
}
