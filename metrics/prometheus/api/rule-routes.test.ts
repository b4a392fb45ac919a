import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../testing/fake-engine.ts';
import { Form } from './form.ts';
import { ruleRoutes } from './rule-routes.ts';

const record = { name: 'a:b', type: 'recording', health: 'ok' };
const alert = { name: 'Down', type: 'alerting', alerts: [{ state: 'firing' }] };
const groups = [
  { name: 'g', file: 'one.yml', rules: [record, alert], interval: 1 },
  { name: 'h', file: 'two.yml', rules: [record], interval: 2 },
];
const engine = fakeEngine({ rules: async () => JSON.stringify({ groups }) });

async function rules(query: string): Promise<unknown> {
  const handler = ruleRoutes(engine).find(({ path }) => path === '/api/v1/rules')?.handlers.GET;
  const form = new Form(query);
  const reply = await handler?.({ form, query: form, part: '', gone: new AbortController().signal });
  return JSON.parse(reply?.body ?? '').data.groups;
}

describe('/api/v1/rules', () => {
  it('gives all there is', async () => {
    expect(await rules('')).toEqual(groups);
  });

  it.each([
    ['type=alert', [{ ...groups[0], rules: [alert] }]],
    ['type=RECORD&file[]=one.yml', [{ ...groups[0], rules: [record] }]],
    ['rule_name[]=Down&rule_name[]=other', [{ ...groups[0], rules: [alert] }]],
    ['rule_group[]=h', [groups[1]]],
    ['rule_name[]=Down&exclude_alerts=true', [{ ...groups[0], rules: [{ ...alert, alerts: null }] }]],
    ['rule_name[]=none', []],
  ])('filters by %s', async (query, expected) => {
    expect(await rules(query)).toEqual(expected);
  });

  it.each([
    ['type=x', 'invalid parameter "type": not supported value "x"'],
    ['type=constructor', 'not supported value "constructor"'],
    [
      'exclude_alerts=z',
      'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "z": invalid syntax',
    ],
    ['match[]=up', 'invalid parameter "match[]": not supported here'],
    ['group_limit=1', 'invalid parameter "group_limit": not supported here'],
  ])('refuses %s', async (query, message) => {
    await expect(rules(query)).rejects.toThrow(message);
  });
});
