/** A layer is killed, and what it keeps on disk is damaged before its supervisor can start it again: what a power cut may leave. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { all, type Fault, type FaultContext, type Proof } from './fault.ts';
import { NodeWatch } from './node-watch.ts';
import { durationMs, names } from './options.ts';
import { tearFile, tears } from './torn-file.ts';

const schema = z.strictObject({
  kind: z.literal('torn-state'),
  nodes: names,
  how: z.enum(tears),
  /** One of the files that the manifest declares; all of them without it. */
  file: z.string().min(1).optional(),
  /** How long it stays down beyond that, as where a machine has to boot. */
  downMs: durationMs.max(60_000).optional(),
});

type Options = z.infer<typeof schema>;

const processWithinMs = 5_000;
const goneWithinMs = 5_000;
const replacedWithinMs = 10_000;

export const tornState: Fault<Options> = {
  schema,
  destroysMemory: true,
  healedBy: () => 'system',
  duration: () => 'momentary',
  targets: ({ nodes }) => ({ links: [], nodes }),
  lacking({ nodes, file }, { fragile }) {
    for (const node of nodes) {
      const state = fragile[node]?.state;
      if (state === undefined) {
        return {
          name: node,
          problem: `"${node}" declares no files of state`,
          mend: 'give the node `state` in the manifest',
        };
      }
      if (file !== undefined && !state.includes(file)) {
        return { name: file, problem: `"${node}" keeps no state in it`, mend: `name one of ${state.join(', ')}` };
      }
    }
    return undefined;
  },
  prepare(options, context) {
    const watch = new NodeWatch(context.platform);
    const torn: Proof[] = [];
    return {
      undo: options.nodes.map((node) => ({ do: 'continue-supervisor', node })),
      baseline: () => watch.remember(options.nodes, processWithinMs),
      async inject() {
        for (const node of options.nodes) torn.push(await tear(node, options, context, watch));
      },
      async prove() {
        if (torn.length === 0) return { proved: false, evidence: 'no file was touched' };
        return all([...torn, await watch.proveProcessReplaced(options.nodes, replacedWithinMs)]);
      },
    };
  },
};

/** The supervisor is stopped meanwhile: it would have the layer running again before the first byte was written. */
async function tear(
  node: string,
  { how, file, downMs = 0 }: Options,
  { platform, topology, signal, striking, onBlow }: FaultContext,
  watch: NodeWatch,
): Promise<Proof> {
  await platform.signalSupervisor(node, 'SIGSTOP');
  try {
    striking();
    await platform.signal(node, 'SIGKILL');
    const gone = await watch.proveProcessGone([node], goneWithinMs);
    if (!gone.proved) return gone;
    const files = file === undefined ? (topology.fragile[node]?.state ?? []) : [file];
    const proof = await tearFiles(platform.home(node), files, how);
    if (proof.proved) onBlow(proof.evidence);
    await delay(downMs, undefined, { signal }).catch(() => undefined);
    return proof;
  } finally {
    await platform.signalSupervisor(node, 'SIGCONT');
  }
}

async function tearFiles(home: string, files: readonly string[], how: Options['how']): Promise<Proof> {
  const found = await Promise.all(files.map(async (file) => ({ file, torn: await tearFile(join(home, file), how) })));
  const there = found.flatMap(({ file, torn }) => (torn === undefined ? [] : [{ file, ...torn }]));
  if (there.length === 0) return { proved: false, evidence: `there is none of ${files.join(', ')}` };
  return {
    proved: there.every(({ changed, bytesBefore }) => changed || bytesBefore === 0),
    evidence: there
      .map(({ file, bytesBefore, bytesAfter }) => `${file}: ${how}, ${bytesBefore} bytes before, ${bytesAfter} now`)
      .join(', '),
  };
}
