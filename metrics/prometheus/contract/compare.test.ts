import { describe, expect, it } from 'vitest';
import type { Reply } from './ask.ts';
import { instant, range, requests } from './case.ts';
import { difference } from './compare.ts';

const reply = (body: object | string, status = 200): Reply => ({
  status,
  contentType: 'application/json',
  allow: null,
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const vector = (...result: object[]) => reply({ status: 'success', data: { resultType: 'vector', result } });
const row = (name: string, value: string, time: number = 10) => ({ metric: { name }, value: [time, value] });

const [plain] = instant(0, 'plain');
const [ordered] = instant(0, 'sort(plain)', { jitter: [] });
const [timeless] = instant(0, 'plain[5m]', { jitter: ['order', 'times'] });
const [near] = instant(0, 'exp(plain)', { leeway: { ulps: 2, because: 'test' } });
const [matrix] = range({ from: 0, to: 1, step: 1 }, 'plain');
const [names] = requests('/api/v1/labels');
const [some] = requests('/api/v1/labels?limit=1', { jitter: ['values'] });

describe('difference', () => {
  it.each([
    ['the same', plain, vector(row('a', '1')), vector(row('a', '1'))],
    ['another order', plain, vector(row('a', '1'), row('b', '2')), vector(row('b', '2'), row('a', '1'))],
    ['another time where times are free', timeless, vector(row('a', '1')), vector(row('a', '1', 11))],
    [
      'two units in the last place where they are free',
      near,
      vector(row('a', '0.3')),
      vector(row('a', '0.30000000000000004')),
    ],
    [
      'annotations in another order',
      plain,
      reply({ status: 'success', warnings: ['x', 'y'] }),
      reply({ status: 'success', warnings: ['y', 'x'] }),
    ],
    ['other names where they are free', some, reply({ data: ['a'] }), reply({ data: ['b'] })],
  ])('overlooks %s', (_, one, expected, actual) => {
    expect(one && difference(one, expected, actual)).toBeUndefined();
  });

  it.each([
    ['a value', plain, vector(row('a', '1')), vector(row('a', '2')), 'data.result[0].value[1]'],
    ['the way a value is written', plain, vector(row('a', '1e+06')), vector(row('a', '1000000')), '1e+06'],
    [
      'one unit in the last place',
      plain,
      vector(row('a', '0.3')),
      vector(row('a', '0.30000000000000004')),
      '0.30000000000000004',
    ],
    ['three units where two are free', near, vector(row('a', '1')), vector(row('a', '1.0000000000000007')), 'value[1]'],
    ['NaN for a number where units are free', near, vector(row('a', '1')), vector(row('a', 'NaN')), 'NaN'],
    ['a time', plain, vector(row('a', '1')), vector(row('a', '1', 11)), 'data.result[0].value[0]'],
    ['the way a time is written', plain, reply('{"data":1.0}'), reply('{"data":1}'), '"1.0"'],
    ['a label', plain, vector(row('a', '1')), vector(row('b', '1')), 'metric.name'],
    ['one series less', plain, vector(row('a', '1'), row('b', '2')), vector(row('a', '1')), '(absent)'],
    ['one series more', plain, vector(), vector(row('a', '1')), '(absent)'],
    [
      'the order where it counts',
      ordered,
      vector(row('a', '1'), row('b', '2')),
      vector(row('b', '2'), row('a', '1')),
      'metric.name',
    ],
    [
      'the order of a matrix',
      matrix,
      vector(row('a', '1'), row('b', '2')),
      vector(row('b', '2'), row('a', '1')),
      'metric.name',
    ],
    ['the status', plain, reply({ status: 'error' }, 400), reply({ status: 'error' }, 422), 'HTTP status'],
    ['the words of an error', plain, reply({ error: 'x' }, 400), reply({ error: 'y' }, 400), 'error'],
    ['an annotation', plain, reply({ infos: ['x'] }), reply({}), 'infos'],
    ['the order of keys', plain, reply({ a: '1', b: '2' }), reply({ b: '2', a: '1' }), 'order of keys'],
    ['a name', names, reply({ data: ['a', 'b'] }), reply({ data: ['a', 'c'] }), 'data[1]'],
    ['how many names, even where they are free', some, reply({ data: ['a'] }), reply({ data: ['a', 'b'] }), 'data[1]'],
    ['what is no JSON', plain, reply('404 page not found\n'), reply('Not Found'), 'page not found'],
  ])('tells %s', (_, one, expected, actual, words) => {
    expect(one && difference(one, expected, actual)).toContain(words);
  });

  it('tells only the first of many differences', () => {
    const rows = (value: string) => Array.from({ length: 100 }, (_, index) => row(String(index), value));
    const found = plain && difference(plain, vector(...rows('1')), vector(...rows('2')));
    expect(found).toContain('… and 92 more');
    expect(found?.split('\n').length).toBeLessThan(40);
  });
});
