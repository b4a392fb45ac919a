import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfiguration } from '../config/configuration.ts';
import { silent } from '../log.ts';
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts';
import { exposing, type HttpTarget, httpTarget } from '../testing/target-server.ts';
import { TargetLoop } from './target-loop.ts';

let target: HttpTarget;
let loop: TargetLoop;
beforeEach(async () => {
  target = await httpTarget(exposing('a 1\n'));
});
afterEach(async () => {
  await loop.stop();
  await target[Symbol.asyncDispose]();
});

function start(engine: FakeEngine, fields = 'scrape_interval: 50ms'): void {
  const text = `scrape_configs: [{job_name: a, ${fields}, static_configs: [{targets: ['${target.address}']}]}]`;
  const [made] = parseConfiguration('p.yml', text).targets;
  if (made === undefined) throw new Error('no target');
  loop = new TargetLoop(made, engine, silent);
  loop.start();
}

const patient = { timeout: 20_000, interval: 10 };

describe('a target', () => {
  it('is scraped again and again, its labels and settings with it, stamped one interval after the other', async () => {
    const engine = fakeEngine();
    start(engine, 'scrape_interval: 500ms, honor_labels: true, sample_limit: 9');
    expect(loop.state.health).toBe('unknown');
    // One that was in time, on however busy a machine.
    await expect.poll(() => loop.state, patient).toMatchObject({ health: 'up', lastError: '' });
    expect(loop.state.lastScrapeMs).toBeGreaterThan(Date.now() - 60_000);
    await expect.poll(() => engine.scrapes.length, patient).toBeGreaterThanOrEqual(3);
    expect(engine.scrapes.find(({ exposition }) => exposition !== undefined)).toMatchObject({
      labels: { job: 'a', instance: target.address },
      honorLabels: true,
      honorTimestamps: true,
      exposition: { contentType: 'text/plain; version=0.0.4' },
      limits: { samples: 9, labels: 0, labelNameLength: 0, labelValueLength: 0 },
    });
    let last = 0;
    for (const { timeMs } of engine.scrapes) {
      expect(Number.isInteger(timeMs)).toBe(true);
      expect(timeMs).toBeGreaterThan(last);
      last = timeMs;
    }
  });

  it('is scraped on while the engine is busy with something else', async () => {
    const busy = Promise.withResolvers<void>();
    const times: number[] = [];
    const engine = fakeEngine({
      ingest: async ({ timeMs }) => {
        times.push(timeMs);
        await busy.promise;
        return { samplesScraped: 0, seriesAdded: 0 };
      },
    });
    start(engine);
    await expect.poll(() => times.length, patient).toBeGreaterThanOrEqual(4);
    expect(new Set(times).size).toBe(times.length);
    expect(loop.state.health).toBe('unknown');
    busy.resolve();
    await expect.poll(() => loop.state.health, patient).not.toBe('unknown');
  });

  it('that fails is told to the engine as failed, and comes back', async () => {
    target.handler = (_request, response) => response.writeHead(500).end();
    const engine = fakeEngine();
    start(engine);
    const lastError = 'server returned HTTP status 500 Internal Server Error';
    await expect.poll(() => loop.state, patient).toMatchObject({ health: 'down', lastError });
    expect(engine.scrapes.every(({ exposition }) => exposition === undefined)).toBe(true);
    target.handler = exposing('a 1\n');
    await expect.poll(() => loop.state, patient).toMatchObject({ health: 'up', lastError: '' });
  });

  it('is down where the engine cannot read what it exposes, or cannot take it', async () => {
    let gone = false;
    const engine = fakeEngine({
      ingest: async () => {
        if (gone) throw new Error('the engine is gone');
        return { error: 'unsupported', samplesScraped: 0, seriesAdded: 0 };
      },
    });
    start(engine);
    await expect.poll(() => loop.state, patient).toMatchObject({ health: 'down', lastError: 'unsupported' });
    gone = true;
    await expect.poll(() => loop.state.lastError, patient).toBe('the engine is gone');
    expect(loop.state.health).toBe('down');
  });

  it('is left alone once it is stopped, even in the middle of a scrape', async () => {
    let asked = 0;
    target.handler = () => {
      asked++;
    };
    const engine = fakeEngine();
    start(engine, 'scrape_interval: 2s, scrape_timeout: 2s');
    await expect.poll(() => asked, patient).toBe(1);
    await loop.stop();
    expect(engine.scrapes).toEqual([]);
    expect(loop.state.health).toBe('unknown');
  });

  it('is stopped at once while it waits for its turn', async () => {
    const engine = fakeEngine();
    start(engine, 'scrape_interval: 1y');
    await loop.stop();
    expect(engine.scrapes).toEqual([]);
  });
});
