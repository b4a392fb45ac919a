/** Where a node listens itself: past every proxy, whose own limits would be measured too. Platform local only. */
import { readFile } from 'node:fs/promises';
import type { Stand } from './stand.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of manifests.
const placeholder = '${port}';

/** `host:port`. */
export async function ownAddress({ platform, manifest }: Stand, node: string): Promise<string> {
  const variable = Object.entries(manifest.nodes[node]?.env ?? {}).find(([, value]) => value === placeholder)?.[0];
  const process = await platform.process(node);
  if (variable === undefined || process === undefined) throw new Error(`it is not known where ${node} listens`);
  const environment = (await readFile(`/proc/${process.pid}/environ`, 'utf8')).split('\0');
  const port = environment.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
  return `127.0.0.1:${port}`;
}
