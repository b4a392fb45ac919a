/** What a scrape of a layer's metrics takes, and how large it is. */
import { httpText } from '../../drivers/http-json.ts';
import { quantile } from './figure.ts';
import type { Stand } from './stand.ts';

const scrapes = 20;
const timeoutMs = 10_000;

export interface Scrape {
  /** Of all scrapes the median, over a connection of its own each. */
  readonly ms: number;
  readonly bytes: number;
}

export async function measureScrape({ platform, manifest }: Stand, node: string): Promise<Scrape> {
  const request = { address: platform.observerAddress(node), path: manifest.nodes[node]?.metricsPath ?? '/metrics' };
  const took: number[] = [];
  let bytes = 0;
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    const from = performance.now();
    const { text } = await httpText({ ...request, timeoutMs });
    took.push(performance.now() - from);
    bytes = Buffer.byteLength(text);
  }
  return { ms: quantile(took, 0.5), bytes };
}
