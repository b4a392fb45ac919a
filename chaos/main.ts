#!/usr/bin/env node
/** The command line of the harness: `npm run chaos -- COMMAND`. Parses, dispatches, and turns what happened into the exit code. */
import { Command, CommanderError, Option } from 'commander';
import { runControl } from './commands/control.ts';
import { examine } from './commands/doctor.ts';
import { judgeFile } from './commands/judge.ts';
import { listAll } from './commands/list.ts';
import { planScenarios } from './commands/plan.ts';
import { auto, defaultTarget, type PlanningOptions } from './commands/prepare.ts';
import { recoverRuns } from './commands/recover.ts';
import { type PlayOptions, type RunOptions, runScenarios } from './commands/run.ts';
import { showTraces } from './commands/trace.ts';
import { validateFiles } from './commands/validate.ts';
import { ChaosError, InvalidInput } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { platforms } from './platform/registry.ts';
import { openTerminal } from './terminal/terminal.ts';

const terminal = openTerminal();

const program = new Command('chaos')
  .description(
    'Breaks an AI-agent system on purpose and judges, from Prometheus answers, whether its skills kept running.',
  )
  .addHelpText(
    'after',
    '\nExit codes, the first that applies: 4 a fault could not be undone, 130 interrupted, 3 invalid input, 5 aborted, 1 broken, 2 inconclusive, 0 held.',
  )
  .exitOverride()
  .showHelpAfterError('(npm run chaos -- --help shows what there is)');

const platformOption = () =>
  new Option('--platform <name>', `where it runs: ${[auto, ...Object.keys(platforms)].join(', ')}`).default(auto);
const seedOption = () =>
  new Option('--seed <n>', 'seed of everything that is drawn by chance').default(1).argParser(seed);
const workersOption = () =>
  new Option(
    '--workers <n>',
    'how many scenarios at a time (default: what this machine can take; see doctor)',
  ).argParser(workers);

/** Options of every command that plans runs. */
const planning = (command: Command) =>
  command
    .option('--target <name or path>', 'system under test: a manifest by name or path', defaultTarget)
    .addOption(platformOption())
    .addOption(seedOption());

planning(
  program
    .command('run', { isDefault: true })
    .description('run scenarios, all of them by default, and judge each')
    .argument('[scenario...]', 'names or paths')
    .addOption(workersOption())
    .option('--dry-run', 'print the plans and stop'),
).action(async (names: string[], options: RunOptions) => {
  // Without a command it is `run`; a name that is no scenario may then be a command misspelt.
  const commands = program.args[0] === 'run' ? [] : program.commands.map((command) => command.name());
  exit(await runScenarios(names, { ...options, commands }, terminal));
});

planning(
  program
    .command('plan')
    .description('print the timeline, the blast radius and what must hold; start nothing')
    .argument('<scenario...>', 'names or paths'),
).action(async (names: string[], options: PlanningOptions) => exit(await planScenarios(names, options, terminal)));

planning(
  program
    .command('validate')
    .description('check scenario files, all of them by default, and name every problem')
    .argument('[scenario...]', 'names or paths'),
).action(async (names: string[], options: PlanningOptions) => exit(await validateFiles(names, options, terminal)));

program
  .command('list')
  .description('scenarios, targets, platforms and faults')
  .action(async () => exit(await listAll(terminal)));

program
  .command('doctor')
  .description('what each platform would need on this machine, whether it has it, and which one auto takes')
  .action(async () => exit(await examine(terminal)));

program
  .command('judge')
  .description('give the verdict of a run again, from its journal')
  .argument('<journal>', "a run's journal.ndjson, or its folder")
  .action(async (file: string) => exit(await judgeFile(file, terminal)));

program
  .command('trace')
  .description('show traces of a run: by default its slowest end to end, and one that a fault stood in')
  .argument('<run>', "a run's id, its folder or its journal.ndjson")
  .argument('[trace]', 'id of a trace, or how it begins')
  .action(async (run: string, trace: string | undefined) => exit(await showTraces(run, trace, terminal)));

program
  .command('recover')
  .description('remove whatever killed runs left behind, and say what')
  .argument('[run]', 'only this run, even if it seems alive')
  .action(async (run: string | undefined) => exit(await recoverRuns(run, terminal)));

program
  .command('control')
  .description(
    'the same scenarios against the anti-pattern, and others against systems with one bug each: exits 0 only if they come out broken for the reason expected',
  )
  .argument('[scenario...]', 'only these of the controls (noop: the anti-pattern without a fault)')
  .addOption(platformOption())
  .addOption(seedOption())
  .addOption(workersOption())
  .action(async (names: string[], options: Omit<PlayOptions, 'target'>) =>
    exit(await runControl(names, options, terminal)),
  );

try {
  await program.parseAsync();
} catch (error) {
  exit(codeOf(error));
}

function seed(given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidInput('CHAOS_SEED', `--seed ${given}: not a whole number`, { mend: 'give 0 or more, such as 1' });
}

function workers(given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidInput('CHAOS_WORKERS', `--workers ${given}: not a whole number of at least 1`, {
    mend: 'give 1 to play one scenario after the other, or leave it out',
  });
}

/** Sets the code and lets the process end by itself, so that all output is written. */
function exit(code: number): void {
  process.exitCode = code;
}

function codeOf(error: unknown): number {
  // Commander has already said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.invalid;
  if (!(error instanceof ChaosError)) {
    terminal.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.inconclusive;
  }
  terminal.problem(error.message);
  if (error.mend !== undefined) terminal.problem(`  ${error.mend}`);
  return error instanceof InvalidInput ? exitCodes.invalid : exitCodes.inconclusive;
}
