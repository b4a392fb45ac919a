/** Programs of this machine that one or the other part can use, as `doctor` tells of them. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Need } from '../platform/platform.ts';
import { root } from './prepare.ts';

const answerWithinMs = 3_000;

/** Node, npm, curl. */
export async function machineTools(): Promise<readonly Need[]> {
  const [node, npm, curl] = await Promise.all([
    nodeTool(),
    firstLineOf('npm', '--version'),
    firstLineOf('curl', '--version'),
  ]);
  return [
    node,
    npm === undefined
      ? { state: 'lacking', text: 'no npm, with which docker images are built', mend: 'install npm' }
      : { state: 'met', text: `npm ${npm}` },
    curl === undefined
      ? { state: 'lacking', text: "no curl; the operator's check on local uses a small one of its own" }
      : { state: 'met', text: curl.split(' ').slice(0, 2).join(' ') },
  ];
}

async function nodeTool(): Promise<Need> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: { readonly node: string };
  };
  const { node: version } = process.versions;
  if (version === dependencies.node) return { state: 'met', text: `Node ${version}, the one that is pinned` };
  const mend = 'npm ci installs it, and npm run chaos uses it';
  return { state: 'lacking', text: `Node ${version}, where ${dependencies.node} is pinned`, mend };
}

const references = [
  { variable: 'CHAOS_REFERENCE_TOXIPROXY', name: 'Toxiproxy', flag: '-version', version: '2.12.0' },
  { variable: 'CHAOS_REFERENCE_PROMETHEUS', name: 'Prometheus', flag: '--version', version: '3.13.5' },
  { variable: 'CHAOS_REFERENCE_PROMTOOL', name: 'promtool', flag: '--version', version: '3.13.5' },
] as const;

/** The originals that the embedded servers are compared with. */
export function referenceServers(env: Readonly<NodeJS.ProcessEnv> = process.env): Promise<readonly Need[]> {
  return Promise.all(
    references.map(async ({ variable, name, flag, version }): Promise<Need> => {
      const path = env[variable];
      const mend = `build one as .github/DEVELOPERS.md says, and set ${variable} to its path`;
      if (!path) return { state: 'lacking', text: `no ${name} ${version}: ${variable} is not set`, mend };
      const said = await firstLineOf(path, flag);
      if (said?.includes(version)) return { state: 'met', text: `${name} ${version}` };
      const found = said === undefined ? 'cannot be run' : `says "${said}"`;
      return { state: 'lacking', text: `no ${name} ${version}: ${path} ${found}`, mend };
    }),
  );
}

async function firstLineOf(program: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { timeout: answerWithinMs });
    return (stdout || stderr).split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}
