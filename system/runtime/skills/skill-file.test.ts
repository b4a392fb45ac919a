import { describe, expect, it } from 'vitest';
import { parseSkillFile } from './skill-file.ts';

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

  it('has defaults: no schedule, five minutes, no requirements', () => {
    const text = ['schedule', 'timeout', 'requires'].reduce(
      (seen, key) => seen.replace(new RegExp(`^ *${key}:.*\\n`, 'm'), ''),
      good,
    );
    expect(parseSkillFile('daily-memory', text)).toMatchObject({ schedule: null, timeoutMs: 300_000, requires: [] });
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

  it('names every problem of the file at once', () => {
    const text = withLine('name').replace(/^ *command:.*\n/m, '');
    expect(parseSkillFile('daily-memory', text)).toMatchObject({
      problem: expect.stringMatching(/name: is missing.*command: is missing/),
    });
  });
});
