import { describe, expect, it } from 'vitest';
import { checkAnswer } from './answer-check.ts';

const json = new Headers({ 'content-type': 'application/json; charset=utf-8' });
const problem = new Headers({ 'content-type': 'application/problem+json' });
const run = {
  id: 'x',
  skill: 's',
  trigger: 'request',
  session: null,
  dueAt: null,
  requestedAt: 1,
  attempt: 1,
  state: 'accepted',
  outcome: null,
  reason: null,
  exitCode: null,
  signal: null,
  startedAt: null,
  finishedAt: null,
  cancelRequestedAt: null,
};
const check = (path: string, status: number, headers: Headers, body: unknown) => () =>
  checkAnswer('GET', path, { status, headers, body });

describe('holding answers to the document', () => {
  it('lets through what is as documented', () => {
    expect(check('/v1/runs?limit=1', 200, json, { runs: [run], next: null })).not.toThrow();
    expect(
      check('/v1/runs/x', 404, problem, { type: 'about:blank', status: 404, code: 'OPENCLAW_NO_RUN', detail: 'b' }),
    ).not.toThrow();
  });

  it.each<[string, () => void]>([
    ['a member too few', check('/v1/runs', 200, json, { runs: [{ ...run, reason: undefined }], next: null })],
    ['a member too many', check('/v1/runs', 200, json, { runs: [{ ...run, more: 1 }], next: null })],
    ['a member of another kind', check('/v1/runs', 200, json, { runs: [run], next: 7 })],
    ['a status that is not there', check('/v1/runs', 418, json, {})],
    ['another media type', check('/v1/runs', 400, json, { type: 'about:blank', status: 400, code: 'A', detail: 'b' })],
    [
      'a code that is not named',
      check('/v1/runs/x', 404, problem, { type: 'about:blank', status: 404, code: 'A', detail: 'b' }),
    ],
    ['a problem without a code', check('/v1/runs/x', 404, problem, { type: 'about:blank', status: 404, detail: 'b' })],
  ])('finds %s', (_what, checked) => {
    expect(checked).toThrow(/document/);
  });
});
