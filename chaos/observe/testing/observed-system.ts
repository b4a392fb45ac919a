/** A fake system under observation, with a recorder that can be scraped. For tests. */
import { expect, vi } from 'vitest';
import { Recorder } from '../../recorder.ts';
import type { Scenario } from '../../scenario.ts';
import type { FaultEntry } from '../fault-record.ts';
import { type Observation, startObservation } from '../observation.ts';
import { FakeSystem, fakeManifest, token } from './fake-system.ts';

const scenario: Scenario = {
  title: 'test',
  hypothesis: 'test',
  skills: { local: { everySeconds: 1, latenessMs: 900 } },
  steadyState: { forMs: 1000, withinMs: 10_000 },
  user: { messagesPerSecond: 10, runSkill: 'local', runEveryMs: 500 },
  timeline: [],
  settleMs: 5000,
  objectives: [],
};

export const fault: FaultEntry = {
  name: '1-link-down',
  expect: { session: 'failed', gateway: 'ok', runtime: 'ok' },
  healedBy: 'harness',
  deferredSkills: [],
};

export class ObservedSystem implements AsyncDisposable {
  readonly system: FakeSystem;
  readonly recorder: Recorder;
  readonly observation: Observation;
  readonly journal: { kind?: string }[];

  private constructor(system: FakeSystem, recorder: Recorder, observation: Observation, journal: { kind?: string }[]) {
    this.system = system;
    this.recorder = recorder;
    this.observation = observation;
    this.journal = journal;
  }

  /** `prepare` makes the system misbehave from the start; `write` stands in for the journal. */
  static async start(
    changes: Partial<Scenario> = {},
    prepare: (system: FakeSystem) => void = () => {},
    write?: (record: object) => void,
  ) {
    const system = await FakeSystem.start();
    prepare(system);
    const recorder = await Recorder.start();
    const journal: { kind?: string }[] = [];
    const observation = await startObservation({
      manifest: fakeManifest,
      platform: system.platform,
      scenario: { ...scenario, ...changes },
      entries: [fault],
      token,
      recorder,
      journal: write ?? ((record) => journal.push(record)),
      onChange: () => {},
    });
    return new ObservedSystem(system, recorder, observation, journal);
  }

  /** What Prometheus would read: series → value. */
  async scrape(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.recorder.port}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const end = line.lastIndexOf(' ');
        return [line.slice(0, end), Number(line.slice(end + 1))];
      }),
    );
  }

  async steady(forMs = 500): Promise<void> {
    await vi.waitFor(() => expect(this.observation.goodForMs()).toBeGreaterThan(forMs), {
      timeout: 30_000,
      interval: 50,
    });
  }

  /** A phase without a fault, then the end. */
  async shortRun(forMs = 2500): Promise<ReadonlyMap<string, number>> {
    const { observation } = this;
    await vi.waitFor(() => expect(observation.snapshot().user?.acknowledged).toBeGreaterThan(3), { timeout: 20_000 });
    observation.enter('before');
    await wait(forMs);
    await observation.finish();
    return this.scrape();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observation[Symbol.asyncDispose]();
    await this.recorder[Symbol.asyncDispose]();
    await this.system[Symbol.asyncDispose]();
  }
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
