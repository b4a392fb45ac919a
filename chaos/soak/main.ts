#!/usr/bin/env node
/** The command line of the soak: `npm run soak -- --kills N --seed S`. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { mustRunHere, root, runsDir } from '../commands/prepare.ts';
import { ChaosError, InvalidInput } from '../errors.ts';
import { type ExitReason, exitCodeOf, exitCodes } from '../exit-codes.ts';
import { loadManifest } from '../input/load.ts';
import { BadInput } from '../input/problem.ts';
import { platforms } from '../platform/registry.ts';
import { withStopSignal } from '../run/stop-signal.ts';
import { soakLines } from './report.ts';
import { type SoakResult, soak } from './soak.ts';

interface Options {
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  readonly target: string;
  readonly mustFail?: true;
}

const say = (text: string) => void process.stdout.write(`${text}\n`);
const complain = (text: string) => void process.stderr.write(`${text}\n`);

const program = new Command('soak')
  .description(
    'Kills every layer at random moments under load, on platform local, and compares what skills did, what the ledger and the gateway say, and what clients saw.',
  )
  .option('--kills <n>', 'how many SIGKILLs', wholeNumber(1, 1_000_000), 50)
  .option('--seed <n>', 'draws nodes, moments and cut links', wholeNumber(0, 2_147_483_647), Date.now() % 1_000_000)
  .option('--clients <n>', 'sessions that send messages', wholeNumber(1, 50), 4)
  .option('--target <name or path>', 'system under test: a manifest by name or path', 'resilient')
  .option('--must-fail', 'for a system with a bug put in: 0 if something was lost, doubled or out of order')
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing lost, doubled or out of order; 1 something was; 2 nothing to compare; 3 invalid input; 130 interrupted.',
  )
  .allowExcessArguments(false)
  .exitOverride()
  .showHelpAfterError('(npm run soak -- --help shows what there is)');

try {
  program.parse();
  process.exitCode = await run(program.opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.invalid;
  else if (error instanceof ChaosError) {
    complain(`error: ${error.message}`);
    if (error.mend !== undefined) complain(`  ${error.mend}`);
    process.exitCode = exitCodeOf([error instanceof InvalidInput ? 'invalid' : 'inconclusive']);
  } else throw error;
}

async function run({ kills, seed, clients, target, mustFail }: Options): Promise<number> {
  const provider = platforms.local;
  await mustRunHere({ provider });
  const { loaded: manifest, problems } = await loadManifest(target, root);
  if (manifest === undefined || problems.length > 0) throw new BadInput(problems);
  const runId = `soak-${manifest.name}-${randomBytes(4).toString('hex')}`;
  const runDir = join(runsDir, runId);
  say(
    `soak of ${manifest.name} on local: ${kills} kills, seed ${seed}, ${clients} clients; everything stands in .chaos/runs/${runId}`,
  );
  const result = await withStopSignal(async (signal) => {
    try {
      return await soak({ runId, runDir, root, manifest, provider, kills, seed, clients, signal, onProgress: say });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }, complain);
  if (result === undefined) return exitCodes.interrupted;
  for (const line of ['', ...soakLines(result)]) say(line);
  const reason = reasonOf(result);
  if (!mustFail) return exitCodes[reason];
  // Records that disagree are not what was promised to users: the bug must show in what they lose or get twice.
  const shows = result.findings.some(({ kind }) => kind !== 'disagreement');
  say(
    shows
      ? 'as it must be with this bug: not held'
      : 'this system has a bug that the soak did not find: it proves nothing',
  );
  return shows ? exitCodes.held : exitCodes.broken;
}

function reasonOf({ findings, checked }: SoakResult): Extract<ExitReason, 'held' | 'broken' | 'inconclusive'> {
  if (findings.length > 0) return 'broken';
  // Nothing owed is nothing kept.
  return Object.values(checked).every((count) => count > 0) ? 'held' : 'inconclusive';
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidInput('CHAOS_OPTION', `"${text}" is no whole number from ${min} to ${max}`);
  };
}
