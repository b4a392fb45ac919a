import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ruleFiles } from '../../metrics/rules/rule-files.ts';
import type { RuleGroup } from '../verdict/prometheus-rules.ts';
import { rulesOf } from '../verdict/prometheus-rules.ts';
import { lackOf, untilRulesLoaded } from './rules-loaded.ts';

const files = [
  {
    name: 'a.yml',
    text: 'groups: [{ name: quick, rules: [{ alert: Down, expr: up == 0 }] }, { name: slow, rules: [{ record: r, expr: up }] }]',
  },
];
const rule = { name: 'Down', health: 'ok', lastError: '', evaluatedMs: 1, firing: [] } as const;
const quick: RuleGroup = { name: 'quick', intervalSeconds: 1, rules: [rule] };
const slow: RuleGroup = { name: 'slow', intervalSeconds: 30, rules: [{ ...rule, name: 'r', health: 'unknown' }] };

describe('rules', () => {
  it('are fine when all are there and evaluated, but for those whose turn comes seldom', () => {
    expect(lackOf(files, [quick, slow])).toBeUndefined();
    expect(lackOf([], [])).toBeUndefined();
  });

  it.each<[string, readonly RuleGroup[], string]>([
    ['a group is missing', [quick], 'a.yml: the group slow is not loaded'],
    ['a rule is missing', [{ ...quick, rules: [] }, slow], 'a.yml: the rule Down is not loaded'],
    [
      'a rule fails',
      [{ ...quick, rules: [{ ...rule, health: 'err', lastError: 'many-to-many' }] }, slow],
      'a.yml: the rule Down cannot be evaluated: many-to-many',
    ],
    [
      'a rule is not evaluated',
      [{ ...quick, rules: [{ ...rule, health: 'unknown' }] }, slow],
      'a.yml: the rule Down is not evaluated',
    ],
  ])('say so when %s', (_, groups, lack) => {
    expect(lackOf(files, groups)).toBe(lack);
  });

  it('are looked for as they are committed', () => {
    expect(lackOf(ruleFiles(), [])).toMatch(/the group openclaw is not loaded/);
    expect(lackOf([{ name: 'b.yml', text: 'nonsense' }], [])).toBe('b.yml is no file of rules');
  });
});

describe('what Prometheus says of its rules', () => {
  let body = '';
  const server = createServer((_, response) => response.end(body));
  let url = '';
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  const ruleOf = (rule: object) => {
    const evaluated = { name: 'Down', health: 'ok', lastEvaluation: '2026-11-23T03:00:00Z', type: 'alerting' };
    const group = { name: 'g', interval: 1, rules: [{ ...evaluated, alerts: [], ...rule }] };
    return JSON.stringify({ status: 'success', data: { groups: [group] } });
  };

  it('is waited for until every rule is evaluated', async () => {
    const one = [{ name: 'a.yml', text: 'groups: [{ name: g, rules: [{ alert: Down, expr: up == 0 }] }]' }];
    body = ruleOf({ health: 'unknown' });
    let evaluated = false;
    setTimeout(() => {
      body = ruleOf({});
      evaluated = true;
    }, 300);
    expect(await untilRulesLoaded(url, one, new AbortController().signal)).toBeUndefined();
    expect(evaluated).toBe(true);
  });

  it('is no problem where an alert is said to be silent', async () => {
    body = ruleOf({});
    expect(await rulesOf(url, 2_000)).toMatchObject({ groups: [{ rules: [{ name: 'Down', firing: [] }] }] });
  });

  it('is read as it comes, with nanoseconds and all', async () => {
    const firing = { labels: { alertname: 'Down', layer: 'x' }, state: 'firing', value: '0e+00' };
    const alerts = [firing, { ...firing, state: 'pending' }];
    const one = {
      name: 'Down',
      health: 'ok',
      lastEvaluation: '2026-11-23T03:00:00.123456789Z',
      alerts,
      type: 'alerting',
    };
    const recording = { name: 'r', health: 'unknown', lastEvaluation: '0001-01-01T00:00:00Z', type: 'recording' };
    body = JSON.stringify({
      status: 'success',
      data: { groups: [{ name: 'g', interval: 1, file: 'f', rules: [one, recording] }] },
    });
    expect(await rulesOf(url, 2_000)).toEqual({
      groups: [
        {
          name: 'g',
          intervalSeconds: 1,
          rules: [
            {
              name: 'Down',
              health: 'ok',
              lastError: '',
              evaluatedMs: Date.parse('2026-11-23T03:00:00.123Z'),
              firing: [firing.labels],
            },
            expect.objectContaining({ name: 'r', health: 'unknown', firing: [] }),
          ],
        },
      ],
    });
  });

  it.each([
    '',
    'no JSON',
    '{"status":"error","error":"x"}',
    '{"status":"success","data":{}}',
    ruleOf({ alerts: null }),
    ruleOf({ alerts: undefined }),
    ruleOf({ alerts: [{ labels: {}, state: 'on fire' }] }),
    ruleOf({ type: undefined }),
    ruleOf({ lastEvaluation: 'lately' }),
  ])('is a problem: %j', async (text) => {
    body = text;
    expect(await rulesOf(url, 2_000)).toHaveProperty('problem');
  });
});
