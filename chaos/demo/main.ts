#!/usr/bin/env node
/** The command line of the demo: `npm run demo`. */
import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../metrics/prometheus/duration.ts';
import { auto, defaultTarget, mustRunHere, platformOf, root, runsDir } from '../commands/prepare.ts';
import { ChaosError, InvalidInput } from '../errors.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { loadManifest } from '../input/load.ts';
import { BadInput } from '../input/problem.ts';
import { platforms } from '../platform/registry.ts';
import { withStopSignal } from '../run/stop-signal.ts';
import { colorsFor } from '../terminal/colors.ts';
import { collectorIn } from './collector.ts';
import { runDemo } from './demo.ts';
import { DemoView } from './demo-view.ts';
import { friendlyPort } from './friendly-port.ts';
import { defaultEveryMs, paceOf } from './pace.ts';
import { endLines } from './round-text.ts';
import { exitOf } from './tally.ts';

interface Options {
  readonly platform: string;
  readonly target: string;
  readonly seed: number;
  readonly faults: boolean;
  readonly every: number;
  readonly for?: number;
}

const prometheusPort = 9090;
const shortestEveryMs = 5_000;
const shortestForMs = 10_000;
const largestSeed = 2_147_483_647;

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const complain = (text: string) => void process.stderr.write(`${text}\n`);

const program = new Command('demo')
  .description(
    'The system under a gentle load, a fault now and then, a Prometheus, and Grafana where Docker has it; Ctrl-C removes all.',
  )
  .addOption(new Option('--platform <name>', 'where it runs').choices([auto, ...Object.keys(platforms)]).default(auto))
  .option('--target <name or path>', 'system to show: a manifest by name or path', defaultTarget)
  .option('--seed <n>', 'draws which fault comes when, and for how long', seed, 1)
  .option('--no-faults', 'only the system and its load')
  .addOption(
    new Option('--every <duration>', 'about how long from one fault to the next')
      .argParser(duration(shortestEveryMs))
      .default(defaultEveryMs, '30s'),
  )
  .addOption(
    new Option('--for <duration>', 'end by itself after so long (default: Ctrl-C ends it)').argParser(
      duration(shortestForMs),
    ),
  )
  .addHelpText(
    'after',
    '\nSpans go to the collector at OTEL_EXPORTER_OTLP_ENDPOINT (OTLP/HTTP), if that is set.\n\nExit codes, the first that applies: 4 a fault could not be undone, 130 stopped before there was anything to say, 3 invalid input, 1 a promise was broken, 2 a round could not be judged, 0 every promise was kept. Ctrl-C is how a demo ends: by itself it changes none of them.',
  )
  .allowExcessArguments(false)
  .exitOverride()
  .showHelpAfterError('(npm run demo -- --help shows what there is)');

try {
  program.parse();
  process.exitCode = await demo(program.opts<Options>());
} catch (error) {
  process.exitCode = codeOf(error);
}

async function demo(options: Options): Promise<number> {
  const { platform: wanted, target, seed: given, faults, every, for: forMs } = options;
  const [platform, { loaded: manifest, problems }] = await Promise.all([
    platformOf(wanted),
    loadManifest(target, root),
  ]);
  if ('problem' in platform) throw new BadInput([platform]);
  if (manifest === undefined || problems.length > 0) throw new BadInput(problems);
  const collector = collectorIn(process.env);
  const { provider } = platform;
  const runId = `demo-${manifest.name}-${randomBytes(4).toString('hex')}`;
  const colors = colorsFor(process.stdout, process.env);
  using view = new DemoView({ target: manifest.name, stream: process.stdout, colors, isLive: isLive() });
  const rhythm = faults ? `seed ${given}, a fault about every ${every / 1_000} s` : 'no faults';
  view.line(`platform ${provider.name} (${await mustRunHere(platform)})`);
  view.line(`target ${manifest.name}, ${rhythm}; Ctrl-C ends it and removes everything`);
  // Until here nothing was started: Ctrl-C may end the process as it is.
  await provider.prepare?.({ manifest, root, onProgress: (text) => view.line(text) });
  await using prometheus = await friendlyPort(prometheusPort);
  const runDir = join(runsDir, runId);
  const request = {
    runId,
    runDir,
    root,
    manifest,
    provider,
    prometheusPort: prometheus.port,
    collector,
    pace: faults ? paceOf(every) : undefined,
    seed: given,
    forMs,
    view,
  };
  const end = await withStopSignal(
    (signal) => runDemo({ ...request, signal }).catch(ifStopped),
    (text) => view.line(text),
  );
  if (end === undefined) return exitCodes.interrupted;
  for (const line of endLines(end, colors)) view.line(line);
  view.line(`  what it wrote stays in ${relative(root, runDir)}/`);
  return exitOf(end).code;
}

/** Stopped before all was up: there is nothing to sum up. */
function ifStopped(error: unknown): undefined {
  if (error instanceof Error && error.name === 'AbortError') return undefined;
  throw error;
}

function isLive(): boolean {
  const { TERM, CI } = process.env;
  return process.stdout.isTTY === true && TERM !== 'dumb' && !CI;
}

function seed(given: string): number {
  if (/^\d{1,10}$/.test(given) && Number(given) <= largestSeed) return Number(given);
  throw new InvalidArgumentError(`It is no whole number from 0 to ${largestSeed}.`);
}

function duration(leastMs: number): (given: string) => number {
  return (given) => {
    const ms = parseDuration(given);
    if (ms !== undefined && ms >= leastMs) return ms;
    throw new InvalidArgumentError(`It is no duration of at least ${leastMs / 1_000}s, such as 45s or 10m.`);
  };
}

function codeOf(error: unknown): number {
  // Commander has already said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.invalid;
  if (!(error instanceof ChaosError)) {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.inconclusive;
  }
  complain(`error: ${error.message}`);
  if (error.mend !== undefined) complain(`  ${error.mend}`);
  return exitCodeOf([error instanceof InvalidInput ? 'invalid' : 'inconclusive']);
}
