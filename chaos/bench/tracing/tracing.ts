/** `tracing`: what traces cost the system: off, on without a collector, on with one, side by side and in turn. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import { tableOf } from '../system/figure.ts';
import { residentBytes } from '../system/memory.ts';
import { latenessOf } from '../system/stand.ts';
import { type Measured, tracingFigures } from './figures.ts';
import { measureThroughput, type Throughput } from './throughput.ts';
import { clockSkill, spansOf, startVariants, type Variant, type Variants } from './variants.ts';

const slots = 40;
const everyMs = 3_000;
const rounds = 7;
/** Compilation and the first connections are not measured. */
const warmUpMs = 5_000;

export async function benchTracing(): Promise<void> {
  const [load = 0] = loadavg();
  const say = (text: string) => console.log(`  ${text}`);
  console.log(`What tracing costs; ${availableParallelism()} cores, load average ${load.toFixed(1)}`);
  await using variants = await startVariants();
  const { off, refused, collected } = variants;
  const all = [off, refused, collected];
  say('warming up');
  for (const variant of all) await measureThroughput(variant);
  await delay(warmUpMs);
  say(`${slots} slots of each, in turn`);
  const lateness = await measureLateness(all);
  const throughput = await measureRounds(all, say);
  await mustBeAsTold(variants, say);
  const [offMeasured, ...others] = await Promise.all(
    all.map((variant) => summed(variant, lateness.get(variant) ?? [], throughput.get(variant) ?? [])),
  );
  const figures = others.flatMap((on) => tracingFigures(offMeasured as Measured, on));
  console.log(`\n${tableOf(figures)}`);
}

async function measureLateness(all: readonly Variant[]): Promise<ReadonlyMap<Variant, readonly number[]>> {
  const fileOf = ({ stand }: Variant) => join(stand.platform.home('runtime'), 'bench', clockSkill);
  for (const variant of all) await writeFile(fileOf(variant), '');
  await delay(slots * everyMs);
  const texts = all.map(async (variant) => [variant, latenessOf(await readFile(fileOf(variant), 'utf8'))] as const);
  return new Map(await Promise.all(texts));
}

async function measureRounds(
  all: readonly Variant[],
  say: (text: string) => void,
): Promise<ReadonlyMap<Variant, readonly Throughput[]>> {
  const measured = new Map(all.map((variant): [Variant, Throughput[]] => [variant, []]));
  for (let round = 1; round <= rounds; round += 1) {
    say(`messages: round ${round} of ${rounds}`);
    for (const variant of all) measured.get(variant)?.push(await measureThroughput(variant));
  }
  return measured;
}

async function summed(
  variant: Variant,
  latenessMs: readonly number[],
  rates: readonly Throughput[],
): Promise<Measured> {
  const { name, stand } = variant;
  const nodes = Object.keys(stand.manifest.nodes);
  const bytes = await Promise.all(nodes.map((node) => residentBytes(stand.platform, node)));
  return {
    name,
    latenessMs,
    perSecond: rates.map(({ perSecond }) => perSecond),
    acknowledgedMs: rates.flatMap((rate) => rate.latenciesMs),
    bytes: bytes.reduce((sum, one) => sum + one, 0),
  };
}

/** What was measured is worth nothing if what was to be traced was not. Throws `CHAOS_BENCH`. */
async function mustBeAsTold({ off, refused, collected }: Variants, say: (text: string) => void): Promise<void> {
  const [without, failing, taken] = await Promise.all([off, refused, collected].map(spansOf));
  const spans = (of: typeof without, ...results: string[]) => results.reduce((sum, it) => sum + (of?.[it] ?? 0), 0);
  const lost = spans(failing, 'failed', 'dropped');
  const [kept, untold] = [spans(taken, 'exported'), spans(taken, 'failed', 'dropped')];
  say(
    `spans: off ${spans(without, 'exported', 'failed', 'dropped')}; no collector: ${lost} lost; collector: ${kept} taken, ${untold} lost`,
  );
  if (spans(without, 'exported', 'failed', 'dropped') === 0 && lost > 0 && kept > 0) return;
  throw new ChaosError('CHAOS_BENCH', 'the layers were not traced as they were to be, so their figures say nothing', {
    mend: 'see whether OTEL_EXPORTER_OTLP_ENDPOINT reaches the layers (system/manifests/three-layers.ts)',
  });
}
