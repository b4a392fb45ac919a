import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function linesAt(level: string | undefined): Record<string, unknown>[] {
  const lines: string[] = [];
  const log = createLog(level, { write: (line) => lines.push(line) });
  log.debug({ status: 200 });
  log.info({ name: 'p' }, 'Started proxy');
  log.error({ error: 'x' }, 'failed');
  return lines.map((line) => JSON.parse(line));
}

describe('createLog', () => {
  it("has the original's keys, and its time in seconds", () => {
    const [, line] = linesAt(undefined);
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      name: 'p',
      message: 'Started proxy',
    });
  });

  it.each([
    [undefined, 3],
    ['debug', 3],
    ['INFO', 2],
    ['error', 1],
    ['panic', 0],
    ['disabled', 0],
  ])('LOG_LEVEL %s: %i lines', (level, count) => {
    expect(linesAt(level)).toHaveLength(count);
  });

  it('says that a level is unknown, and logs everything', () => {
    const [first, ...others] = linesAt('loud');
    expect(first).toMatchObject({ level: 'error', message: 'unknown LOG_LEVEL value: "loud"' });
    expect(others).toHaveLength(3);
  });
});
