import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSkillFile } from './skill-file.ts';
import { frontMatter } from './skill-schema.ts';

const good = `---
name: daily-memory
description: Folds the day.
license: MIT
metadata:
  author: somebody
  openclaw:
    schedule: "*/5 * * * *"
    command: node run.mjs
    timeout: 30s
    requires: [gateway]
---
# Daily memory
`;

/** The good file with one line replaced, or taken out. */
const withLine = (begin: string, line = '') =>
  good.replace(new RegExp(`^ *${begin}:.*\\n`, 'm'), line === '' ? '' : `${line}\n`);

describe('parseSkillFile', () => {
  it('reads the Agent Skills form', () => {
    expect(parseSkillFile('daily-memory', good)).toMatchObject({
      name: 'daily-memory',
      description: 'Folds the day.',
      schedule: { text: '*/5 * * * *' },
      command: ['/bin/sh', '-c', 'node run.mjs'],
      timeoutMs: 30_000,
      requires: ['gateway'],
    });
  });

  it.each([
    ['    schedule: "every: 2s"', 'every: 2s'],
    ['    schedule: { every: 2s }', 'every: 2s'],
    ['    schedule: 0 9 * * 1-5', '0 9 * * 1-5'],
  ])('takes %s', (line, text) => {
    expect(parseSkillFile('daily-memory', withLine('schedule', line))).toMatchObject({ schedule: { text } });
  });

  it.each([
    ['    schedule: { at: "2026-03-01T09:00:00+01:00" }', 'at: 2026-03-01T08:00:00.000Z'],
    ['    schedule: "at: 2026-03-01T08:00:00Z"', 'at: 2026-03-01T08:00:00.000Z'],
    [
      '    schedule: { at: [2026-03-02T08:00:00Z, 2026-03-01T08:00:00Z] }',
      'at: 2026-03-01T08:00:00.000Z, 2026-03-02T08:00:00.000Z',
    ],
    ['    schedule: { cron: 0 9 * * 1-5, timezone: Europe/Berlin }', 'CRON_TZ=Europe/Berlin 0 9 * * 1-5'],
    ['    schedule: 0 9 * * 1-5\n    timezone: Europe/Berlin', 'CRON_TZ=Europe/Berlin 0 9 * * 1-5'],
    ['    schedule: CRON_TZ=Europe/Berlin 0 9 * * 1-5', 'CRON_TZ=Europe/Berlin 0 9 * * 1-5'],
  ])('takes %s', (line, text) => {
    expect(parseSkillFile('daily-memory', withLine('schedule', line))).toMatchObject({ schedule: { text } });
    // What it is called is what it can be called by.
    expect(parseSkillFile('daily-memory', good, text)).toMatchObject({ schedule: { text } });
  });

  it.each([
    ['enabled: false', { enabled: false, freshWithinMs: null }],
    ['overlap: cancel-other', { overlap: 'cancel-other' }],
    ['catch_up: none', { catchUp: { policy: 'none', windowMs: 3_600_000 } }],
    ['catch_up: { policy: latest, window: 2d }', { catchUp: { policy: 'latest', windowMs: 172_800_000 } }],
    ['catch_up: { window: 5m }', { catchUp: { policy: 'all', windowMs: 300_000 } }],
    ['jitter: 10s', { jitterMs: 10_000, freshWithinMs: 300_000 + 10_000 + 30_000 + 5000 }],
    ['retries: 3', { retries: { max: 3, backoffMs: 5000 } }],
    ['retries: { max: 2, backoff: 1m }', { retries: { max: 2, backoffMs: 60_000 } }],
    ['grace: 0ms', { graceMs: 0 }],
  ])('takes %s', (line, expected) => {
    expect(parseSkillFile('daily-memory', withLine('requires', `    ${line}`))).toMatchObject(expected);
  });

  it('says when a skill is overdue: its longest gap, its jitter, its timeout and 5 s', () => {
    const freshWithin = (schedule: string) => {
      const skill = parseSkillFile('daily-memory', withLine('schedule', `    schedule: ${schedule}`));
      return 'problem' in skill ? skill.problem : skill.freshWithinMs;
    };
    expect(freshWithin('"every: 2s"')).toBe(2000 + 35_000);
    expect(freshWithin('0 9 * * 1-5')).toBe((72 + 1) * 3_600_000 + 35_000);
    expect(freshWithin('"at: 2026-03-01T08:00:00Z"')).toBeNull();
  });

  it('takes the example of its page, in which every key stands', () => {
    const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(parseSkillFile('daily-memory', example)).toMatchObject({
      schedule: { text: 'CRON_TZ=Europe/Berlin 55 23 * * *' },
      retries: { max: 3, backoffMs: 5000 },
    });
    const keys = Object.keys(frontMatter.shape.metadata.shape.openclaw.shape);
    expect(keys.filter((key) => !example.includes(`    ${key}: `))).toEqual([]);
  });

  it('has defaults: no schedule, five minutes, no requirements', () => {
    const text = ['schedule', 'timeout', 'requires'].reduce(
      (seen, key) => seen.replace(new RegExp(`^ *${key}:.*\\n`, 'm'), ''),
      good,
    );
    expect(parseSkillFile('daily-memory', text)).toEqual({
      name: 'daily-memory',
      description: 'Folds the day.',
      command: ['/bin/sh', '-c', 'node run.mjs'],
      schedule: null,
      timeoutMs: 300_000,
      requires: [],
      enabled: true,
      overlap: 'buffer-all',
      catchUp: { policy: 'all', windowMs: 3_600_000 },
      jitterMs: 0,
      retries: { max: 0, backoffMs: 5000 },
      graceMs: 5000,
      freshWithinMs: null,
    });
  });

  it('takes argv as it is, and line ends of any kind', () => {
    const text = withLine('command', '    command: [node, run.mjs, "a b"]').replaceAll('\n', '\r\n');
    expect(parseSkillFile('daily-memory', text)).toMatchObject({ command: ['node', 'run.mjs', 'a b'] });
  });

  it('lets an override replace the schedule, or take it away', () => {
    expect(parseSkillFile('daily-memory', good, 'every: 1s')).toMatchObject({ schedule: { text: 'every: 1s' } });
    expect(parseSkillFile('daily-memory', good, null)).toMatchObject({ schedule: null });
    expect(parseSkillFile('daily-memory', good, 'now')).toMatchObject({ problem: expect.stringContaining('"now"') });
    const bad = withLine('schedule', '    schedule: "61 * * * *"');
    for (const override of ['every: 1s', null]) {
      expect(parseSkillFile('daily-memory', bad, override)).toMatchObject({ problem: expect.stringContaining('"61 ') });
    }
  });

  it.each([
    ['no front matter', 'Just text.', /no front matter/],
    ['an empty file', '', /no front matter/],
    ['front matter without end', '---\nname: x\n', /no front matter/],
    ['empty front matter', '---\n\n---\n', /name: is missing.*description: is missing.*metadata: is missing/],
    ['broken YAML', '---\nname: [\n---\n', /is not YAML/],
    ['an unquoted every', withLine('schedule', '    schedule: every: 2s'), /quote values.*schedule: "every: 2s"/],
    ['a list', '---\n- a\n---\n', /front matter/],
    ['no name', withLine('name'), /^name: is missing/],
    ['a number for a name', withLine('name', 'name: 7'), /^name: is missing/],
    [
      'another name than the folder',
      withLine('name', 'name: nightly-memory'),
      /"nightly-memory" is not the name of its folder, "daily-memory"/,
    ],
    ['capitals in the name', withLine('name', 'name: Daily'), /^name: must be lower-case/],
    ['no description', withLine('description'), /^description: is missing/],
    ['no openclaw part', good.replace(/ {2}openclaw:\n( {4}.*\n)+/, ''), /^metadata\.openclaw: is missing/],
    [
      'a bad cron',
      withLine('schedule', '    schedule: "61 * * * *"'),
      /^metadata\.openclaw\.schedule: "61 \* \* \* \*" is neither cron/,
    ],
    ['a missing command', withLine('command'), /^metadata\.openclaw\.command: is missing/],
    ['an empty command', withLine('command', '    command: ""'), /^metadata\.openclaw\.command: /],
    [
      'a bad timeout',
      withLine('timeout', '    timeout: 30'),
      /^metadata\.openclaw\.timeout: must be a duration such as 30s/,
    ],
    ['an endless timeout', withLine('timeout', '    timeout: 9d'), /^metadata\.openclaw\.timeout: "9d" is no duration/],
    [
      'an unknown requirement',
      withLine('requires', '    requires: [internet]'),
      /^metadata\.openclaw\.requires\.0: knows only: gateway/,
    ],
    [
      'a misspelt key',
      withLine('schedule', '    shedule: "* * * * *"'),
      /^metadata\.openclaw: has unknown keys \(shedule\)/,
    ],
    [
      'a bomb of aliases',
      `---\na: &a [1,1]\n${[...'bcdefgh'].map((key, i) => `${key}: &${key} [${`*${'abcdefg'[i]},`.repeat(9)}1]`).join('\n')}\n---\n`,
      /is not YAML/,
    ],
  ])('says what is wrong: %s', (_, text, problem) => {
    const result = parseSkillFile('daily-memory', text);
    expect(result).toMatchObject({ problem: expect.stringMatching(problem) });
    expect('problem' in result && result.problem).not.toContain('\n');
  });

  it.each([
    ['schedule: { at: tomorrow }', 'schedule', /"tomorrow": after "at:" write a date with its offset/],
    ['schedule: { every: 5ms }', 'schedule', /from 100ms to 366d/],
    ['schedule: { every: 5 }', 'schedule', /must be a text .* or a map with every, at, or cron and timezone/],
    ['schedule: { evry: 5s }', 'schedule', /or a map with every, at, or cron and timezone/],
    ['schedule: [0 9 * * *]', 'schedule', /must be a text/],
    ['schedule: { cron: 0 9 * * *, timezone: Mars/Base }', 'schedule', /no time zone "Mars\/Base"/],
    ['timezone: Mars/Base', 'schedule', /no time zone "Mars\/Base"/],
    ['timezone: 1', 'timezone', /must be a time zone such as Europe\/Berlin/],
    ['enabled: "no"', 'enabled', /must be true or false/],
    ['overlap: parallel', 'overlap', /must be one of skip, buffer-one, buffer-all, cancel-other/],
    ['catch_up: some', 'catch_up.policy', /must be one of all, latest, none/],
    ['catch_up: 5', 'catch_up', /must be all, latest, none, or a map with policy and window/],
    ['catch_up: { window: 30d }', 'catch_up.window', /"30d" is no duration from 1s to 7d/],
    ['catch_up: { since: 1h }', 'catch_up', /unknown keys \(since\): there are policy, window/],
    ['catchUp: none', '', /unknown keys \(catchUp\): .*catch_up/],
    ['jitter: 10', 'jitter', /must be a duration such as 30s/],
    ['jitter: -1s', 'jitter', /"-1s" is no duration from 0ms to 1d/],
    ['retries: 11', 'retries.max', /must be from 0 to 10/],
    ['retries: 1.5', 'retries.max', /must be a number from 0 to 10/],
    ['retries: many', 'retries', /must be a number from 0 to 10, or a map with max and backoff/],
    ['retries: { backoff: 1s }', 'retries.max', /must be a number/],
    ['retries: { max: 1, backoff: 1h }', 'retries.backoff', /"1h" is no duration from 1ms to 5m/],
    ['grace: 1h', 'grace', /"1h" is no duration from 0ms to 5m/],
    ['command: 5', 'command', /is missing: write what to run/],
    ['command: [node, 5]', 'command', /write what to run/],
    ['requires: gateway', 'requires', /must be a list, such as \[gateway\]/],
  ])('says what is wrong, and in which line: %s', (line, key, problem) => {
    const [written = ''] = line.split(':');
    const text = good.includes(`    ${written}:`)
      ? withLine(written, `    ${line}`)
      : withLine('requires', `    ${line}`);
    const result = parseSkillFile('daily-memory', text);
    if (!('problem' in result)) throw new Error('it was taken');
    const expected = key === '' ? 'metadata.openclaw' : `metadata.openclaw.${key}`;
    expect(result.problems).toMatchObject([{ key: expected, message: expect.stringMatching(problem) }]);
    const lineOfKey =
      text
        .split('\n')
        .findIndex((one) => one.includes(written === 'timezone' && key === 'schedule' ? 'schedule:' : line)) + 1;
    if (key !== '') expect(result.problems[0]?.line).toBe(lineOfKey);
  });

  it('names the line of broken YAML', () => {
    const text = '---\nname: daily-memory\ndescription: [\nmetadata: {}\n---\n';
    const result = parseSkillFile('daily-memory', text);
    expect('problem' in result && result.problems[0]?.line).toBeGreaterThan(2);
  });

  it.each([
    ['a key of 60,000 characters', withLine('requires', `    ${'x'.repeat(60_000)}: 1`)],
    ['a value of 60,000 characters', withLine('schedule', `    schedule: "${'9'.repeat(60_000)}"`)],
    ['ten thousand levels', `---\nname: ${'['.repeat(10_000)}\n---\n`],
    [
      'a thousand unknown keys',
      withLine('requires', Array.from({ length: 1000 }, (_, i) => `    key${i}: 1`).join('\n')),
    ],
    ['control characters', withLine('name', 'name: "\\u001b[31m\\0"')],
    ['a prototype', withLine('requires', '    __proto__: { enabled: false }')],
  ])('answers with a line of bounded length: %s', (_, text) => {
    const result = parseSkillFile('daily-memory', text);
    if (!('problem' in result)) throw new Error('it was taken');
    expect(result.problem.length).toBeLessThanOrEqual(1000);
    expect(result.problem).toMatch(/^[^\p{Cc}]+$/u);
  });

  it('names every problem of the file at once', () => {
    const text = withLine('name').replace(/^ *command:.*\n/m, '');
    expect(parseSkillFile('daily-memory', text)).toMatchObject({
      problem: expect.stringMatching(/name: is missing.*command: is missing/),
    });
  });
});
