import { describe, expect, it } from 'vitest';
import { RepeatFilter, summaryOf } from './log-summary.ts';

const json = (level: number, msg: string, more = {}) =>
  JSON.stringify({ level, msg, layer: 'runtime', pid: 1, ...more });

describe('a line of a log', () => {
  it.each([
    [json(30, 'started', { version: '1' }), { severity: 'info', text: 'started' }],
    [
      json(30, 'gateway unreachable', { reason: 'ECONNREFUSED' }),
      { severity: 'info', text: 'gateway unreachable: ECONNREFUSED' },
    ],
    [
      json(40, 'run did not succeed', { run: 'beat@1', outcome: 'failed', reason: 'exit code 1' }),
      { severity: 'warning', text: 'run did not succeed: beat@1, failed, exit code 1' },
    ],
    [
      json(40, 'skill cannot be used', { skill: 'beat', problem: 'no command' }),
      { severity: 'warning', text: 'skill cannot be used: beat, no command' },
    ],
    [json(60, 'could not start', { err: { message: 'boom' } }), { severity: 'error', text: 'could not start: boom' }],
    [
      "SyntaxError: The requested module './a.ts' does not",
      { severity: 'error', text: "SyntaxError: The requested module './a.ts' does not" },
    ],
    ['openclaw gateway: port 3019 is in use', { severity: 'error', text: 'openclaw gateway: port 3019 is in use' }],
  ])('%s is worth showing', (line, summary) => {
    expect(summaryOf(line)).toEqual(summary);
  });

  it.each([
    json(30, 'idle sessions removed'),
    json(20, 'started'),
    'node:internal/modules/esm/resolve:272',
    '    throw new ERR_MODULE_NOT_FOUND(',
    "import { a } from './fault.ts';",
    '    at file.ts:1:1',
    '}',
    '(node:5) ExperimentalWarning: SQLite is an experimental feature',
    '(Use `node --trace-warnings ...` to show where the warning was created)',
    '',
  ])('%s is not', (line) => {
    expect(summaryOf(line)).toBeUndefined();
  });
});

describe('repetition', () => {
  it('is held back for a minute, and then counted', () => {
    const filter = new RepeatFilter();
    expect(filter.pass('gateway ended (exit code 78); again in 1000 ms', 0)).toBeDefined();
    expect(filter.pass('gateway ended (exit code 78); again in 1000 ms', 1000)).toBeUndefined();
    expect(filter.pass('something else', 1500)).toBe('something else');
    expect(filter.pass('gateway ended (exit code 78); again in 2000 ms', 59_999)).toBeUndefined();
    expect(filter.pass('x 1', 60_000)).toBe('x 1');
    expect(filter.pass('gateway ended (exit code 78); again in 900 ms', 60_000)).toBe(
      'gateway ended (exit code 78); again in 900 ms (and 2 times more in the last minute)',
    );
  });
});
