import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../verdict/evidence.ts';
import { answerWith, heldEvidence, planOf } from '../verdict/verdict.fixture.ts';
import { judge } from '../verdict/verdict.ts';
import { evidenceOf } from './evidence-of.ts';
import { Journal } from './journal.ts';
import { JournalError, readJournal } from './journal-reader.ts';
import type { JournalEntry } from './journal-records.ts';
import { judgeJournal } from './judge.ts';

const plan = planOf();
const aSpan = {
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  id: '00f067aa0ba902b7',
  name: 'run local',
  kind: 'internal' as const,
  startMs: 1.5,
  ms: 2.25,
  attributes: { 'openclaw.run.attempt': 1 },
};
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-journal-'));
  file = join(folder, 'journal.ndjson');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** As a run writes it, with some of the story in between. */
function entriesOf(evidence: Evidence): JournalEntry[] {
  const { steadyState, observedWindow, sequence, entries, answers, harnessFaults, starved } = evidence;
  return [
    { type: 'run-started', runId: 'r1', plan, versions: { node: '24' } },
    ...(steadyState ? [{ type: 'steady-state' as const, ...steadyState }] : []),
    { type: 'phase', phase: 'before' },
    { type: 'probe', layer: 'session', vantage: 'user', result: 'bad', startMs: 1 },
    { type: 'fault', fault: '2-outage', what: 'injected', detail: 'outage' },
    { type: 'slot', skill: 'local', dueMs: 1 },
    { type: 'note', text: 'hello' },
    { type: 'spans', service: 'runtime', spans: [aSpan] },
    { type: 'traces', spans: 1, over: 0, malformed: 0, unwritten: 0 },
    ...harnessFaults.map((fault) => ({ type: 'harness-fault' as const, ...fault })),
    ...starved.map((time) => ({ type: 'starved' as const, ...time })),
    ...entries.map((entry) => ({ type: 'entry' as const, ...entry })),
    ...(observedWindow && sequence ? [{ type: 'observed' as const, window: observedWindow, sequence }] : []),
    ...answers.map((answer) => ({ type: 'answer' as const, ...answer })),
    { type: 'verdict', verdict: judge(plan, evidence) },
  ];
}

async function write(entries: readonly JournalEntry[]): Promise<void> {
  await using journal = await Journal.create(file, () => 1_760_000_000_000);
  for (const entry of entries) await journal.appendDurably(entry);
}

describe('a journal', () => {
  it('gives back what was written, each line with version and time', async () => {
    const starved = [{ from: 1_760_000_000_000, to: 1_760_000_006_000, share: 0.97 }];
    const entries = entriesOf({ ...heldEvidence(plan), starved });
    await write(entries);
    const { records, tornLine } = await readJournal(file);
    expect(tornLine).toBeUndefined();
    expect(records).toEqual(entries.map((entry) => ({ v: 2, at: 1_760_000_000_000, ...entry })));
    expect(evidenceOf(records).starved).toEqual(starved);
  });

  it('has on file at once what was appended, line by line', async () => {
    await using journal = await Journal.create(file);
    journal.append({ type: 'note', text: 'first\nwith a line break' });
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(2);
    journal.append({ type: 'note', text: 'second' });
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
    expect(journal.records).toHaveLength(2);
  });

  it('takes nothing more once a line was lost: a hole must not look whole', async () => {
    await using journal = await Journal.create(file);
    journal.append({ type: 'note', text: 'first' });
    // What cannot be written here is a value; a full disk ends the same way.
    const unwritable = { type: 'note', text: 'second', size: 1n } as const;
    expect(() => journal.append(unwritable)).toThrow(expect.objectContaining({ code: 'CHAOS_JOURNAL_WRITE' }));
    expect(() => journal.append({ type: 'note', text: 'third' })).toThrow('a line was lost');
    await expect(journal.appendDurably({ type: 'note', text: 'fourth' })).rejects.toThrow('a line was lost');
    expect(journal.records).toHaveLength(1);
    expect(await readFile(file, 'utf8')).not.toMatch(/third|fourth/);
  });

  it('is never continued by another run', async () => {
    await write([]);
    await expect(Journal.create(file)).rejects.toMatchObject({ code: 'CHAOS_JOURNAL_CREATE' });
  });

  it.each<[string, string, string]>([
    ['CHAOS_JOURNAL_GARBAGE', 'not json\n', ':2: is not a line of a journal: not json'],
    ['CHAOS_JOURNAL_GARBAGE', '{"v":1,"at":1,"type":"nonsense"}\n', ':2: type: '],
    ['CHAOS_JOURNAL_GARBAGE', '{"v":1,"at":1,"type":"steady-state","reached":"yes","detail":""}\n', ':2: reached: '],
    ['CHAOS_JOURNAL_GARBAGE', '\n', ':2: is not a line'],
    ['CHAOS_JOURNAL_GARBAGE', '{"v":2,"at":1,"type":"spans","service":"x","spans":[{}]}\n', ':2: spans[0].trace: '],
    [
      'CHAOS_JOURNAL_NEWER',
      '{"v":3,"at":1,"type":"note","text":"from the future"}\n',
      ':2: has version 3, this program reads 2',
    ],
  ])('%s: says by file and line what is wrong: %j', async (code, line, message) => {
    await write([{ type: 'note', text: 'x' }]);
    await appendFile(file, line);
    const reading = readJournal(file);
    await expect(reading).rejects.toBeInstanceOf(JournalError);
    await expect(reading).rejects.toMatchObject({ code, message: expect.stringContaining(`${file}${message}`) });
  });

  it('that is not there, or empty, is said to be', async () => {
    await expect(readJournal(file)).rejects.toMatchObject({ code: 'CHAOS_JOURNAL_READ' });
    await writeFile(file, '');
    await expect(readJournal(file)).rejects.toMatchObject({ code: 'CHAOS_JOURNAL_EMPTY' });
  });
});

describe('judging again', () => {
  it('reads what an earlier version has written, and knows of its traces and alerts that there are none', async () => {
    const lines = entriesOf(heldEvidence(plan)).filter(({ type }) => type !== 'spans' && type !== 'traces');
    const text = lines.map((entry) => `${JSON.stringify({ v: 1, at: 1, ...entry })}\n`).join('');
    expect(text).toContain('"alerts":[]');
    await writeFile(file, text.replaceAll('"alerts":[],', ''));
    const { plan: judged, ...rejudged } = await judgeJournal(file);
    expect(judged.topology.alerts).toEqual([]);
    expect(rejudged).toMatchObject({
      same: true,
      verdict: { outcome: 'held' },
      independence: { judged: 0, independent: 0 },
    });
  });

  it('gives the same verdict from the file alone', async () => {
    await write(entriesOf(heldEvidence(plan)));
    expect(await judgeJournal(file)).toMatchObject({ same: true, verdict: { outcome: 'held', exitCode: 0 } });
  });

  it('gives the same broken verdict, values and all', async () => {
    const evidence = heldEvidence(plan);
    answerWith(evidence, 'objective/skillUptimeRatio/during', '0.5');
    await write(entriesOf(evidence));
    const { verdict, recorded, same } = await judgeJournal(file);
    expect(same).toBe(true);
    expect(verdict.outcome).toBe('broken');
    expect(recorded?.reasons).toEqual(verdict.reasons);
  });

  it('tells that the recorded verdict is another one', async () => {
    const held = entriesOf(heldEvidence(plan));
    const evidence = heldEvidence(plan);
    answerWith(evidence, 'objective/skillUptimeRatio/during', '0.5');
    await write([...entriesOf(evidence).slice(0, -1), ...held.slice(-1)]);
    expect(await judgeJournal(file)).toMatchObject({
      same: false,
      verdict: { outcome: 'broken' },
      recorded: { outcome: 'held' },
    });
  });

  it.each(['steady-state', 'entry', 'observed', 'answer'])(
    'holds no longer without a line of type %s',
    async (type) => {
      const entries = entriesOf(heldEvidence(plan));
      entries.splice(
        entries.findIndex((entry) => entry.type === type),
        1,
      );
      await write(entries);
      expect((await judgeJournal(file)).verdict.outcome).toBe('inconclusive');
    },
  );

  it.each(['run-started', 'steady-state', 'entry', 'observed', 'answer'])(
    'holds no longer with a line of type %s twice',
    async (type) => {
      const entries = entriesOf(heldEvidence(plan));
      const at = entries.findIndex((entry) => entry.type === type);
      entries.splice(at, 0, entries[at] as JournalEntry);
      await write(entries);
      expect((await judgeJournal(file)).verdict.outcome).toBe('inconclusive');
    },
  );

  it('is inconclusive where the last line was cut off, and says so', async () => {
    await write(entriesOf(heldEvidence(plan)));
    const { length } = await readFile(file);
    await truncate(file, length - 5);
    const { verdict } = await judgeJournal(file);
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons[0]?.text).toMatch(/^journal: line \d+ was cut off while it was written$/);
  });

  it('never holds, wherever the file was cut off before the verdict', async () => {
    const lines = entriesOf(heldEvidence(plan)).map((entry) => JSON.stringify({ v: 1, at: 1, ...entry }));
    const whole = `${lines.slice(0, -1).join('\n')}\n`;
    const start = (lines[0]?.length ?? 0) + 1;
    for (let length = start; length < whole.length; length += 997) {
      await writeFile(file, whole.slice(0, length));
      expect((await judgeJournal(file)).verdict.outcome).toBe('inconclusive');
    }
  });

  it('needs a plan, of a version it knows', async () => {
    await write([{ type: 'note', text: 'x' }]);
    await expect(judgeJournal(file)).rejects.toMatchObject({ code: 'CHAOS_JOURNAL_NO_PLAN' });
    await rm(file);
    await write([{ type: 'run-started', runId: 'r', plan: { ...plan, version: 2 as 1 }, versions: {} }]);
    await expect(judgeJournal(file)).rejects.toMatchObject({ code: 'CHAOS_JOURNAL_NEWER' });
  });
});
