import { expect, it } from 'vitest';
import { Publisher } from './observe/publisher.ts';
import { Recorder } from './recorder.ts';

it('serves its registry, counts its sequence and remembers who looked', async () => {
  await using recorder = await Recorder.start();
  const at = `http://127.0.0.1:${recorder.port}`;
  expect(recorder.lastScrapeAt).toBeUndefined();
  const before = recorder.sequence;
  expect(recorder.bump()).toBe(before + 1);
  const answer = await fetch(`${at}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain(`\nchaos_recorder_sequence ${before + 1}\n`);
  expect(recorder.lastScrapeAt).toBeGreaterThan(0);
  expect((await fetch(`${at}/other`)).status).toBe(404);
  await recorder.close();
  await expect(fetch(`${at}/metrics`)).rejects.toThrow();
});

it('raises counters and never lowers them', async () => {
  await using recorder = await Recorder.start();
  const publisher = new Publisher(recorder.registry);
  const value = async () =>
    /chaos_window_seconds_total\{phase="before"\} (\S+)/.exec(await recorder.registry.metrics())?.[1];
  publisher.raise('chaos_window_seconds_total', { phase: 'before' }, 0);
  expect(await value()).toBe('0');
  publisher.raise('chaos_window_seconds_total', { phase: 'before' }, 2.5);
  publisher.raise('chaos_window_seconds_total', { phase: 'before' }, 1);
  publisher.add('chaos_window_seconds_total', { phase: 'before' }, 1);
  expect(await value()).toBe('3.5');
});
