/** Keeps with a run what each target's `/metrics` said last: `scrapes/NODE.prom` and the recorder's own, `scrapes/harness.prom`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpText } from '../drivers/http-json.ts';
import type { Manifest } from '../manifest.ts';
import type { Platform } from '../platform/platform.ts';
import type { Recorder } from '../recorder.ts';

const timeoutMs = 2000;

/** Rejects with what went wrong first, once all that could be had is saved. */
export async function saveScrapes(
  platform: Pick<Platform, 'observerAddress'>,
  { nodes }: Pick<Manifest, 'nodes'>,
  { registry }: Pick<Recorder, 'registry'>,
  runDir: string,
): Promise<void> {
  const dir = join(runDir, 'scrapes');
  await mkdir(dir, { recursive: true });
  const save = async (name: string, text: Promise<string>) => writeFile(join(dir, `${name}.prom`), await text);
  const saved = Object.entries(nodes).map(async ([node, { metricsPath }]) =>
    save(node, scrape(platform.observerAddress(node), metricsPath)),
  );
  const results = await Promise.allSettled([save('harness', registry.metrics()), ...saved]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function scrape(address: string, path: string): Promise<string> {
  const { status, text } = await httpText({ address, path, timeoutMs });
  if (status !== 200) throw new Error(`${address}${path} answers ${status}`);
  return text;
}
