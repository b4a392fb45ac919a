import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DueSlots, QueuedRun } from '../ledger/ledger-row.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import type { Skill } from '../skills/skill-file.ts';
import { Dispatcher } from './dispatcher.ts';
import { testSkill } from './skill.fixture.ts';

const start = 1_700_000_000_000;
const numRuns = Number(process.env.FC_RUNS ?? 50);

/** A dispatcher on a real ledger; its runs last until they are told to end. */
class Stage implements Disposable {
  readonly started: string[] = [];
  readonly cancelled: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly #state = openLedgerInMemory({ registry: new Registry() });
  readonly ledger = this.#state.ledger;
  readonly asked = vi.spyOn(this.ledger, 'next');
  readonly dispatcher: Dispatcher;
  mustWait: (skill: Skill) => boolean = () => false;

  constructor(skills: readonly Skill[], maxRunning = 16) {
    this.dispatcher = new Dispatcher({
      ledger: this.ledger,
      keeper: { see: (run) => this.#see(run), cancel: (id) => void this.cancelled.push(id) },
      policy: { mustWait: (skill) => this.mustWait(skill) },
      statusFiles: { write: () => undefined },
      registry: new Registry(),
      maxRunning,
      signal: new AbortController().signal,
    });
    this.use(skills);
  }

  [Symbol.dispose](): void {
    this.dispatcher.stop();
    this.#state.close();
  }

  use(skills: readonly Skill[]): void {
    this.dispatcher.use(new Map(skills.map((skill) => [skill.name, skill])));
  }

  claim(
    skill: string,
    dues: readonly number[],
    more: Partial<DueSlots['slots'][number]> = {},
    cancel: string[] = [],
  ): void {
    const slots = dues.map((dueAt) => ({ dueAt, fate: 'claimed' as const, ...more }));
    const due = { skill, schedule: 'every: 1s', until: Math.max(...dues), slots, missed: [], cancel };
    this.ledger.claim([due], Date.now());
    this.dispatcher.claimed([due]);
  }

  /** Ends a run; `then` is what becomes of it in the ledger. */
  async end(id: string, then: (run: QueuedRun) => void = (run) => this.succeed(run)): Promise<void> {
    const run = this.ledger.get(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    then(run);
    this.#ends.get(id)?.();
    this.#ends.delete(id);
    await vi.advanceTimersByTimeAsync(0);
  }

  succeed({ id, attempt }: QueuedRun): void {
    const ended = { attempt, reason: null, exitCode: 0, signal: null, output: null };
    this.ledger.finished(id, { ...ended, outcome: 'succeeded', at: Date.now() });
  }

  get running(): string[] {
    return [...this.#ends.keys()];
  }

  #see(run: QueuedRun): Promise<void> {
    this.started.push(run.id);
    this.ledger.started(run.id, Date.now());
    return new Promise((resolve) => this.#ends.set(run.id, resolve));
  }
}

describe('the dispatcher', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: start });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
  const skillsOf = (count: number) => names(count).map((name) => testSkill(name, 'every: 1s'));

  it('starts a slot in the turn in which it was claimed, one at a time a skill', async () => {
    using stage = new Stage(skillsOf(1));
    stage.claim('s0', [start, start + 1]);
    expect(stage.started).toEqual([`s0@${start}`]);
    await stage.end(`s0@${start}`);
    expect(stage.started).toEqual([`s0@${start}`, `s0@${start + 1}`]);
  });

  it('lets an old backlog of some skills starve no other', async () => {
    using stage = new Stage(skillsOf(4), 2);
    for (const name of ['s0', 's1', 's2'])
      stage.claim(
        name,
        Array.from({ length: 50 }, (_, i) => start - 10_000 + i),
      );
    stage.claim('s3', [start]);
    for (let ends = 0; ends < 3; ends += 1) await stage.end(stage.running[0] ?? '');
    expect(stage.started).toContain(`s3@${start}`);
  });

  it('catches up five at once, skills beginning one after the other, while what is on time starts at once', async () => {
    using stage = new Stage(skillsOf(10));
    for (const name of names(8)) stage.claim(name, [start - 5000], { fate: 'caught-up' });
    stage.claim('s8', [start]);
    expect(stage.started).toEqual([`s0@${start - 5000}`, `s8@${start}`]);
    await vi.advanceTimersByTimeAsync(199);
    expect(stage.started).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(801);
    expect(stage.running).toHaveLength(6);
    await vi.advanceTimersByTimeAsync(5000);
    expect(stage.running).toHaveLength(6);
    stage.claim('s9', [start + 1]);
    expect(stage.running).toHaveLength(7);
    await stage.end(`s0@${start - 5000}`);
    expect(stage.started.filter((id) => id.endsWith(String(start - 5000)))).toHaveLength(6);
  });

  it('starts a run that waits at its time, and not before', async () => {
    using stage = new Stage(skillsOf(1));
    stage.claim('s0', [start], { notBefore: start + 3000 });
    await vi.advanceTimersByTimeAsync(2999);
    expect(stage.started).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(stage.started).toEqual([`s0@${start}`]);
    await stage.end(`s0@${start}`, ({ id, attempt }) => {
      const ended = { attempt, reason: 'failed', exitCode: 1, signal: null, output: null };
      stage.ledger.retry(id, { ...ended, now: Date.now(), notBefore: Date.now() + 500 });
    });
    expect(stage.running).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(stage.started).toEqual([`s0@${start}`, `s0@${start}`]);
    expect(stage.ledger.get(`s0@${start}`)?.attempt).toBe(2);
  });

  it('finds what an earlier process left waiting, and what a clock set forward has made due', async () => {
    using stage = new Stage([]);
    const due = { skill: 's0', schedule: 'x', until: start, missed: [] };
    stage.ledger.claim([{ ...due, slots: [{ dueAt: start, fate: 'claimed', notBefore: start + 3_600_000 }] }], start);
    stage.use(skillsOf(1));
    await vi.advanceTimersByTimeAsync(5000);
    expect(stage.started).toEqual([]);
    vi.setSystemTime(start + 3_600_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stage.started).toEqual([`s0@${start}`]);
  });

  it('cancels a run that waits for good, and has the process of one under way ended', () => {
    using stage = new Stage(skillsOf(1));
    stage.claim('s0', [start, start + 1, start + 2]);
    stage.dispatcher.cancel(`s0@${start + 1}`);
    stage.dispatcher.cancel(`s0@${start}`);
    stage.dispatcher.cancel('nobody');
    expect(stage.cancelled).toEqual([`s0@${start}`]);
    expect(stage.ledger.get(`s0@${start + 1}`)).toMatchObject({ state: 'finished', outcome: 'cancelled' });
  });

  it('starts nothing that was cancelled in the ledger while it was next', async () => {
    using stage = new Stage(skillsOf(2), 1);
    stage.claim('s0', [start]);
    stage.claim('s1', [start]);
    stage.ledger.cancel(`s1@${start}`, start);
    await stage.end(`s0@${start}`);
    expect(stage.started).toEqual([`s0@${start}`]);
  });

  it('starts a slot that takes the place of a run only when that one is over', async () => {
    using stage = new Stage(skillsOf(1));
    stage.claim('s0', [start]);
    stage.claim('s0', [start + 1000], {}, [`s0@${start}`]);
    expect(stage.cancelled).toEqual([`s0@${start}`]);
    expect(stage.started).toHaveLength(1);
    await stage.end(`s0@${start}`);
    expect(stage.started).toEqual([`s0@${start}`, `s0@${start + 1000}`]);
  });

  it('defers what must wait, and catches it up', async () => {
    using stage = new Stage([testSkill('s0', 'every: 1s', { requires: ['gateway'] })]);
    stage.mustWait = () => true;
    stage.claim('s0', [start]);
    expect(stage.started).toEqual([]);
    expect(stage.ledger.get(`s0@${start}`)?.state).toBe('deferred');
    stage.mustWait = () => false;
    stage.dispatcher.resume();
    expect(stage.started).toEqual([`s0@${start}`]);
  });

  it('looks only at the skills that something happened to', async () => {
    using stage = new Stage(skillsOf(1000));
    stage.asked.mockClear();
    stage.claim('s7', [start]);
    await stage.end(`s7@${start}`);
    expect(stage.asked.mock.calls.length).toBeLessThanOrEqual(4);
    expect(new Set(stage.asked.mock.calls.map(([skill]) => skill))).toEqual(new Set(['s7']));
  });

  it('runs everything once, no more at a time than it may, whatever comes when', async () => {
    const step = fc.record({
      skill: fc.nat({ max: 5 }),
      what: fc.constantFrom('claim', 'late', 'wait', 'end', 'end', 'end', 'cancel', 'gateway', 'time'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), async (steps, max) => {
        const needy = testSkill('s5', 'every: 1s', { requires: ['gateway'] });
        using stage = new Stage([...skillsOf(5), needy], max);
        let away = false;
        stage.mustWait = ({ requires }) => away && requires.length > 0;
        let due = start;
        for (const { skill, what } of steps) {
          const name = `s${skill}`;
          due += 1;
          if (what === 'claim') stage.claim(name, [due]);
          if (what === 'late') stage.claim(name, [due], { fate: 'caught-up' });
          if (what === 'wait') stage.claim(name, [due], { notBefore: Date.now() + 700 });
          const running = stage.running[skill % Math.max(1, stage.running.length)];
          if (what === 'end' && running !== undefined) await stage.end(running);
          if (what === 'cancel') stage.dispatcher.cancel(stage.ledger.open(name).at(-1)?.id ?? '');
          if (what === 'gateway') {
            away = !away;
            if (!away) stage.dispatcher.resume();
          }
          if (what === 'time') await vi.advanceTimersByTimeAsync(300);
          expect(stage.running.length).toBeLessThanOrEqual(max);
          const skills = stage.running.map((id) => id.split('@')[0]);
          expect(new Set(skills).size).toBe(skills.length);
        }
        away = false;
        stage.dispatcher.resume();
        for (let round = 0; round < 200; round += 1) {
          for (const id of stage.running) await stage.end(id);
          await vi.advanceTimersByTimeAsync(100);
        }
        expect(new Set(stage.started).size).toBe(stage.started.length);
        const rows = stage.ledger.changes(0, 1000);
        expect(rows.filter(({ state }) => state !== 'finished')).toEqual([]);
        const ran = rows.filter(({ outcome }) => outcome === 'succeeded').map(({ id }) => id);
        expect(stage.started.toSorted()).toEqual(ran.toSorted());
      }),
      { numRuns },
    );
  });
});
