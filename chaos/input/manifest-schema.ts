/** Validates a manifest: its shape, and that every name in it leads somewhere. */
import { z } from 'zod';
import type { Manifest } from '../manifest.ts';
import { didYouMean } from './did-you-mean.ts';
import { InputProblems } from './input-problems.ts';
import type { Problem } from './problem.ts';

const text = z.string().min(1);
const path = z.string().regex(/^\//, 'begin it with "/"');
const port = z.int().min(1).max(65_535);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'use lower-case letters, digits and "-"');

/** Relative to a home, and within it. */
const inHome = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'name a path within the home');

const clock = z.strictObject({ offset: inHome, applied: inHome, env: z.record(z.string(), z.string()) });
const smallDisk = z.strictObject({ path: inHome, megabytes: z.int().min(1).max(1_024) });

const manifestShape = z.strictObject({
  name,
  title: text,
  sources: z.array(text).min(1),
  nodes: z
    .record(
      name,
      z.strictObject({
        title: text,
        command: z.array(text).min(1),
        port,
        healthPath: path,
        readyPath: path,
        metricsPath: path,
        env: z.record(z.string(), z.string()),
        pidFile: text,
        speaks: z.array(z.enum(['http', 'openclaw-session/1', 'openclaw-gateway/1', 'openclaw-ledger/1'])),
        state: z.array(inHome).min(1).optional(),
        smallDisks: z.array(smallDisk).min(1).optional(),
        clock: clock.optional(),
      }),
    )
    .refine((nodes) => Object.keys(nodes).length > 0, 'name at least one node'),
  links: z.record(name, z.strictObject({ from: text, to: text })),
  skills: z.record(text, z.strictObject({ requires: z.array(text), program: inHome.optional() })),
  effects: z.strictObject({ node: text, file: text }),
  operator: z.strictObject({ home: text, ports: z.record(z.string().regex(/^\d+$/), text) }).optional(),
});

export function validateManifest(
  raw: unknown,
  file: string,
): { readonly manifest?: Manifest; readonly problems: readonly Problem[] } {
  const problems = new InputProblems(file);
  const manifest = problems.parse(manifestShape, raw, [], Object.keys(manifestShape.shape));
  if (manifest === undefined) return { problems: problems.found };
  const nodes = Object.keys(manifest.nodes);
  const leads = (where: readonly PropertyKey[], node: string, known: readonly string[] = nodes) => {
    if (!known.includes(node)) problems.add(where, `no node "${node}"`, didYouMean(node, known));
  };
  if (nodes.includes('client'))
    problems.add(['nodes', 'client'], '"client" is the user, played by the harness', 'choose another name');
  for (const [link, { from, to }] of Object.entries(manifest.links)) {
    leads(['links', link, 'from'], from, [...nodes, 'client']);
    leads(['links', link, 'to'], to);
  }
  for (const [skill, { requires }] of Object.entries(manifest.skills)) {
    for (const [index, node] of requires.entries()) leads(['skills', skill, 'requires', index], node);
  }
  leads(['effects', 'node'], manifest.effects.node);
  if (manifest.operator !== undefined) {
    leads(['operator', 'home'], manifest.operator.home);
    for (const [number, node] of Object.entries(manifest.operator.ports)) leads(['operator', 'ports', number], node);
  }
  return problems.found.length > 0 ? { problems: problems.found } : { manifest: manifest as Manifest, problems: [] };
}
