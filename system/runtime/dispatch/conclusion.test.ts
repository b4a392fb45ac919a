import { expect, it } from 'vitest';
import { conclusionOf } from './conclusion.ts';

const ended = { at: 5000, seconds: 2 };

it.each([
  [{ kind: 'exited', code: 0, signal: null, ...ended }, 'done', { outcome: 'succeeded', reason: null, output: 'done' }],
  [
    { kind: 'exited', code: 9, signal: null, ...ended },
    'a\nlast',
    { outcome: 'failed', reason: 'exit code 9: last', exitCode: 9 },
  ],
  [
    { kind: 'exited', code: null, signal: 'SIGSEGV', ...ended },
    '',
    { outcome: 'failed', reason: 'ended by SIGSEGV', output: null },
  ],
  [
    { kind: 'timed-out', code: null, signal: 'SIGTERM', ...ended },
    '',
    { outcome: 'timed-out', signal: 'SIGTERM', exitCode: null },
  ],
  [{ kind: 'cancelled', code: 0, signal: null, ...ended }, '', { outcome: 'cancelled', exitCode: 0 }],
  [
    { kind: 'unstartable', reason: 'ENOENT', at: 5000 },
    '',
    { outcome: 'failed', reason: 'its process could not be started: ENOENT' },
  ],
  [{ kind: 'interrupted' }, '', { outcome: 'interrupted', reason: 'interrupted 10 times: given up' }],
] as const)('of %j', (end, output, expected) => {
  expect(conclusionOf(end, output, 10)).toMatchObject(expected);
});
