import { describe, expect, it } from 'vitest';
import { planResume } from './resume.ts';

const log = { epoch: 'now', offset: 10, floor: 4 };
const session = 's';

describe('planResume', () => {
  it.each([
    ['no session', {}, log, { recovered: false, reason: 'new-session', from: 0 }],
    [
      'a position without a session',
      { epoch: 'now', after: 7 },
      log,
      { recovered: false, reason: 'new-session', from: 0 },
    ],
    [
      'a session that is not known',
      { session, epoch: 'now', after: 7 },
      undefined,
      { recovered: false, reason: 'unknown-session', from: 0 },
    ],
    [
      'another epoch',
      { session, epoch: 'then', after: 7 },
      log,
      { recovered: false, reason: 'epoch-changed', from: 10 },
    ],
    [
      'another epoch, nothing seen',
      { session, epoch: 'then' },
      log,
      { recovered: false, reason: 'epoch-changed', from: 10 },
    ],
    [
      'an offset without its epoch',
      { session, after: 7 },
      log,
      { recovered: false, reason: 'epoch-changed', from: 10 },
    ],
    [
      'an offset from the future',
      { session, epoch: 'now', after: 11 },
      log,
      { recovered: false, reason: 'offset-unknown', from: 10 },
    ],
    [
      'an offset before what is left',
      { session, epoch: 'now', after: 3 },
      log,
      { recovered: false, reason: 'trimmed', from: 10 },
    ],
    ['nothing seen of a trimmed log', { session }, log, { recovered: false, reason: 'trimmed', from: 10 }],
    ['the oldest offset that can be continued', { session, epoch: 'now', after: 4 }, log, { recovered: true, from: 4 }],
    ['the newest offset', { session, epoch: 'now', after: 10 }, log, { recovered: true, from: 10 }],
    ['nothing seen of a whole log', { session }, { ...log, floor: 0 }, { recovered: true, from: 0 }],
    [
      'nothing seen of an empty log',
      { session, epoch: 'now', after: 0 },
      { epoch: 'now', offset: 0, floor: 0 },
      { recovered: true, from: 0 },
    ],
  ] as const)('%s', (_title, hello, found, plan) => {
    expect(planResume(hello, found)).toEqual(plan);
  });
});
