import { expect, it } from 'vitest';
import { Recorder } from '../recorder.ts';
import { publishVerdict } from './publish-verdict.ts';

const { signal } = new AbortController();
const scrape = async (recorder: Recorder) => (await fetch(`http://127.0.0.1:${recorder.port}/metrics`)).text();

it('is heard by the first scrape after it', async () => {
  await using recorder = await Recorder.start();
  expect(await scrape(recorder)).not.toContain('chaos_run_verdict{');
  const published = publishVerdict('broken', recorder, signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const text = await scrape(recorder);
  const startMs = performance.now();
  await published;
  expect(performance.now() - startMs).toBeLessThan(1_900);
  expect(text).toContain('chaos_run_verdict{outcome="broken"} 1');
  expect(text).toContain('chaos_run_verdict{outcome="held"} 0');
  expect(text).toContain('chaos_run_verdict{outcome="inconclusive"} 0');
});

it('waits for nobody for long, and never throws', async () => {
  await using recorder = await Recorder.start();
  const startMs = performance.now();
  await publishVerdict('held', recorder, signal);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(1_900);
  await publishVerdict('held', recorder, AbortSignal.abort());
  const broken = { registry: null as unknown as Recorder['registry'], lastScrapeAt: undefined };
  await publishVerdict('held', broken, signal);
  expect(performance.now() - startMs).toBeLessThan(60_000);
});
