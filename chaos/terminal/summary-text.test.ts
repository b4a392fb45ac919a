import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { answerStarting, answerWith, heldEvidence, planOf, scenario } from '../verdict/verdict.fixture.ts';
import { judge } from '../verdict/verdict.ts';
import { judgedRun, unjudgedRun } from './result.fixture.ts';
import { summaryLines } from './summary-text.ts';

const c = pc.createColors(false);

describe('the summary of a gate', () => {
  it('has a line a scenario: ratios, and the slowest recovery, which neither the length of an outage nor its detection is', () => {
    const outage = { sli: 'outageSeconds', fault: '2-outage', layer: 'gateway', vantage: 'user' } as const;
    const detected = { sli: 'detectSeconds', fault: '2-outage', layer: 'runtime' } as const;
    const objectives = [
      { ...outage, is: '<=', threshold: 60 },
      { ...detected, is: '<=', threshold: 60 },
    ] as const;
    const plan = planOf({ scenario: { ...scenario, objectives } });
    const evidence = heldEvidence(plan);
    for (const { checkId } of evidence.answers) {
      if (checkId.startsWith('objective/recoverySeconds/')) answerWith(evidence, checkId, '0.5');
    }
    answerWith(evidence, 'objective/recoverySeconds/3-kill/gateway', '1.25');
    answerWith(evidence, 'objective/outageSeconds/2-outage/gateway', '9');
    answerWith(evidence, 'objective/detectSeconds/2-outage/runtime', '8');
    expect(summaryLines([{ ...unjudgedRun(), plan, verdict: judge(plan, evidence) }], 1, c)).toEqual([
      'Verdicts                          skill success skill uptime slowest recovery',
      '  HELD          sample            1             1            1.250 s',
      '1 of 1 held',
    ]);
  });

  it('takes the worst skill, and says what was not run', () => {
    const broken = judgedRun((evidence) => {
      const [series] = answerStarting(evidence, 'objective/skillUptimeRatio/during').result;
      if (series !== undefined) series.value[1] = '0.25';
    });
    const [, row, ...rest] = summaryLines([broken], 3, c);
    expect(row).toMatch(/^ {2}BROKEN +sample +1 +0\.25 /);
    expect(rest).toEqual(['  2 not run', '0 of 3 held']);
  });

  it('tells the strain of the harness, the worst of all runs, and warns where not all held and the machine was short of CPU', () => {
    const strained = (maxLagMs: number, stretch: number | undefined) => ({
      ...judgedRun(),
      strain: { maxLagMs, stretch },
    });
    const last = (...results: Parameters<typeof summaryLines>[0]) => summaryLines(results, 2, c).slice(3, -1);
    expect(last(judgedRun(), judgedRun())).toEqual([]);
    expect(last(strained(12.6, 1.04), judgedRun())).toEqual([
      '  the harness, while it observed: at most 13 ms of lag, and 1.0 s for a second of work',
    ]);
    expect(last(strained(12.6, undefined), strained(20, undefined))).toEqual([
      '  the harness, while it observed: at most 20 ms of lag',
    ]);
    expect(last(strained(12, 9.5), judgedRun())).toHaveLength(1);
    const [strain, warning] = last(strained(300, 1.5), { ...unjudgedRun(), strain: { maxLagMs: 12, stretch: 9.5 } });
    expect(strain).toContain('at most 300 ms of lag, and 9.5 s for a second of work');
    expect(warning).toContain('try fewer --workers');
  });

  it('gives the reason where there are no figures', () => {
    const error = new InvalidInput('CHAOS_IMAGE', 'the image nope is not here\nat all');
    expect(summaryLines([{ ...unjudgedRun(), error }], 1, c)[1]).toBe(
      '  INVALID       sample            the image nope is not here',
    );
    expect(summaryLines([{ ...unjudgedRun(), interrupted: true }], 1, c)[1]).toBe('  INTERRUPTED   sample');
  });

  it('keeps its columns in colour', () => {
    const colored = summaryLines([judgedRun()], 1, pc.createColors(true))[1] ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a colour code begins with
    expect(colored).toMatch(/\x1b\[32mHELD\x1b\[39m/);
    expect(colored).toContain('          sample            1 ');
  });
});
