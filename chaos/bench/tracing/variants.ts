/** The same system three times over: without tracing, with a collector that refuses, with one that takes everything. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { httpText } from '../../drivers/http-json.ts';
import { installClockSkill, type Stand, startStand } from '../system/stand.ts';

export const clockSkill = 'bench-clock';

export interface Variant {
  readonly name: string;
  readonly stand: Stand;
}

export interface Variants extends AsyncDisposable {
  readonly off: Variant;
  readonly refused: Variant;
  readonly collected: Variant;
}

/** Nobody listens on it. */
const refusingPort = 1;

/** Each starts its clock skill every third second, and no two in the same one. */
export async function startVariants(): Promise<Variants> {
  await using starting = new AsyncDisposableStack();
  const collector = new Worker(new URL('./collector-thread.ts', import.meta.url));
  starting.defer(async () => {
    await collector.terminate();
  });
  const [collectorPort] = (await once(collector, 'message')) as [number];
  const start = async (name: string, turn: number, port?: number): Promise<Variant> => {
    const stand = await startStand({
      schedules: { [clockSkill]: `${turn}-59/3 * * * * *` },
      furnish: (home) => installClockSkill(home('runtime'), clockSkill),
      ...(port !== undefined && { collectorPort: port }),
    });
    return { name, stand: starting.use(stand) };
  };
  const off = await start('off', 0);
  const refused = await start('on, no collector', 1, refusingPort);
  const collected = await start('on, collector', 2, collectorPort);
  const held = starting.move();
  return { off, refused, collected, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Spans of all layers, by what became of them, as the layers count them. */
export async function spansOf({ stand: { platform, manifest } }: Variant): Promise<Readonly<Record<string, number>>> {
  const totals: Record<string, number> = {};
  for (const [node, { metricsPath }] of Object.entries(manifest.nodes)) {
    const request = { address: platform.observerAddress(node), path: metricsPath, timeoutMs: 5_000 };
    const { text } = await httpText(request);
    for (const [, result = '', count] of text.matchAll(/^openclaw_spans_total\{.*result="(\w+)".*\} (\S+)$/gm)) {
      totals[result] = (totals[result] ?? 0) + Number(count);
    }
  }
  return totals;
}
