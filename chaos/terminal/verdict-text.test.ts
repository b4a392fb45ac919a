import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { answerStarting, answerWith } from '../verdict/verdict.fixture.ts';
import { judgedRun, unjudgedRun } from './result.fixture.ts';
import { verdictLines } from './verdict-text.ts';

const c = pc.createColors(false);
const wide = Number.POSITIVE_INFINITY;
const uptime = 'objective/skillUptimeRatio/during';

describe('a verdict as text', () => {
  it('shows every objective with value, demand and resolved query', () => {
    const run = judgedRun();
    const lines = verdictLines(run, wide, c);
    expect(lines[0]).toBe('HELD  sample on sample: A bit of everything');
    const objectives = (run.verdict?.results ?? []).filter(({ check }) => check.kind === 'objective');
    expect(objectives.length).toBeGreaterThan(20);
    for (const { check } of objectives) expect(lines).toContain(`      ${check.query}`);
    expect(lines.filter((line) => line.startsWith('  ✓ '))).toHaveLength(objectives.length);
    expect(lines.at(-1)).toBe('  evidence: /runs/a-run');
  });

  it('keeps its columns, so that they can be read down', () => {
    const lines = verdictLines(judgedRun(), wide, c);
    const at = lines.find((line) => line.includes('objective'))?.indexOf('must be') ?? 0;
    expect(at).toBeGreaterThan(20);
    for (const line of lines.filter((row) => row.startsWith('  ✓ '))) expect(line.slice(at)).toMatch(/^[=≤≥] /);
  });

  it('prints a recovery with how exactly it is known', () => {
    const lines = verdictLines(
      judgedRun((evidence) => {
        answerWith(evidence, 'objective/recoverySeconds/2-outage/gateway', '0.6712');
        answerWith(evidence, 'precision/recoveryResolutionSeconds/2-outage/gateway', '0.0252');
      }),
      wide,
      c,
    );
    const line = lines.find((row) => row.includes('gateway recovery (2-outage, user)'));
    expect(line).toMatch(/ 0\.671 s ±0\.025 +≤ 30 s$/);
  });

  it('wraps queries on a terminal, where PromQL does not mind', () => {
    const run = judgedRun();
    const lines = verdictLines(run, 80, c);
    const queries = lines.filter((line) => line.startsWith('      '));
    expect(Math.max(...queries.map((line) => line.length))).toBeLessThanOrEqual(80);
    const unbroken = lines.join('').replaceAll(' ', '');
    for (const { check } of run.verdict?.results ?? [])
      if (check.kind === 'objective') expect(unbroken).toContain(check.query.replaceAll(' ', ''));
  });

  it('tells of the independence that the traces show, and of none where there is no verdict', () => {
    const independence = { judged: 9, independent: 9, untraced: 1, refused: 0 };
    const lines = verdictLines({ ...judgedRun(), independence }, wide, c);
    expect(lines.at(-3)).toBe(
      '  independence 1 (9 of 9 scheduled runs started without a call to another layer; 1 without a whole trace)',
    );
    expect(verdictLines({ ...unjudgedRun(), independence }, wide, c).join()).not.toContain('independence');
  });

  it('names the reason of a violation, with the series that violate it', () => {
    const lines = verdictLines(
      judgedRun((evidence) => {
        const [series] = answerStarting(evidence, uptime).result;
        if (series !== undefined) series.value[1] = '0.4';
      }),
      wide,
      c,
    );
    expect(lines[0]).toMatch(/^BROKEN {2}/);
    expect(lines[1]).toBe('  because skill-uptime: skill uptime ratio (during) = 1: local 0.4');
    expect(lines.find((line) => line.startsWith('  ✗ '))).toMatch(/skill uptime ratio \(during\) +0\.4 \(of 2\) +=/);
  });

  it('says once what is wrong with many checks', () => {
    const lines = verdictLines(
      judgedRun((evidence) => {
        for (const answer of evidence.answers)
          if (answer.checkId.startsWith('objective/outages/')) Object.assign(answer, { result: [] });
      }),
      wide,
      c,
    );
    const because = lines.filter((line) => line.includes('because'));
    const notes = lines.filter((line) => /^ {2}no data \[\d\]: /.test(line));
    expect(because.length).toBeLessThanOrEqual(4);
    expect(because[0]).toMatch(/because \d+ checks have no complete answer: /);
    expect(because[0]).toMatch(/: no series \{…\}$/);
    expect(notes).toHaveLength(because.length);
    expect(lines.filter((line) => line.startsWith('  ? ')).every((line) => / no data \[\d\] /.test(line))).toBe(true);
  });

  it('is short where nothing at all was observed', () => {
    const lines = verdictLines(
      judgedRun((evidence) => Object.assign(evidence, { observedWindow: undefined, answers: [] })),
      wide,
      c,
    );
    expect(lines.length).toBeLessThan(12);
    expect(lines.join('\n')).toMatch(/no data for any of \d+ checks: nobody knows what was observed/);
  });

  it('shows what else did not hold beside the objectives, and counts what did', () => {
    const lines = verdictLines(
      judgedRun((evidence) => answerWith(evidence, 'precondition/faultsProved', '0')),
      wide,
      c,
    );
    expect(lines[0]).toMatch(/^INCONCLUSIVE/);
    expect(lines.find((line) => line.includes('✗ faults proved, each'))).toMatch(/ 0 \(of 3\) +=/);
    const [, held, all] = /(\d+) of (\d+) checks of the measurement/.exec(lines.join('\n')) ?? [];
    expect(Number(held)).toBe(Number(all) - 1);
  });

  it('tells what to do where there is none', () => {
    const error = new InvalidInput('CHAOS_IMAGE', 'the image nope is not here', { mend: 'set CHAOS_IMAGE_BASE' });
    expect(verdictLines({ ...unjudgedRun(), error }, wide, c).slice(0, 3)).toEqual([
      'NO VERDICT  sample on sample: A bit of everything',
      '  the image nope is not here',
      '  set CHAOS_IMAGE_BASE',
    ]);
  });

  it('tells after Ctrl-C whether anything is left', () => {
    const stopped = { ...unjudgedRun(), interrupted: true };
    expect(verdictLines(stopped, wide, c)[1]).toBe('  every fault is undone, and what was started is removed');
    const standing = verdictLines({ ...stopped, notUndone: ['2-outage: raise-node: no answer'] }, wide, c);
    expect(standing[1]).toBe('  not all undone');
    expect(standing[2]).toBe('  still stands: 2-outage: raise-node: no answer; run: npm run chaos -- recover');
  });
});
