/** `/api/v1/rules` with its filters, and `/api/v1/alerts`. */
import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { invalidParameter } from './api-error.ts';
import type { Form } from './form.ts';
import { success } from './reply.ts';
import { get, type Route } from './route.ts';

/** What filtering looks at; the rest is passed on. */
const ruleData = z.looseObject({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      file: z.string(),
      rules: z.array(z.looseObject({ name: z.string(), type: z.enum(['alerting', 'recording']) })),
    }),
  ),
});

type RuleData = z.output<typeof ruleData>;
type Filters = ReturnType<typeof filtersOf>;

const types: Readonly<Record<string, string | undefined>> = { '': undefined, alert: 'alerting', record: 'recording' };
const booleans = new Map([
  ...['1', 't', 'true'].map((text) => [text, true] as const),
  ...['', '0', 'f', 'false'].map((text) => [text, false] as const),
]);
const unsupported = ['match[]', 'group_limit', 'group_next_token'];

export function ruleRoutes(engine: Engine): Route[] {
  return [
    get('/api/v1/rules', async ({ form }) => {
      form.check();
      const filters = filtersOf(form);
      const data = await engine.rules();
      return success(filters.all ? data : JSON.stringify(filtered(checked(JSON.parse(data)), filters)));
    }),
    get('/api/v1/alerts', async () => success(await engine.alerts())),
  ];
}

function filtersOf(form: Form) {
  for (const name of unsupported) if (form.get(name) !== '') throw invalidParameter(name, 'not supported here');
  const type = form.get('type').toLowerCase();
  if (!Object.hasOwn(types, type)) throw invalidParameter('type', `not supported value ${JSON.stringify(type)}`);
  const names = form.all('rule_name[]');
  const groups = form.all('rule_group[]');
  const files = form.all('file[]');
  const withoutAlerts = withoutAlertsOf(form.get('exclude_alerts').toLowerCase());
  const all = type === '' && !withoutAlerts && [names, groups, files].every((list) => list.length === 0);
  return { all, type: types[type], names, groups, files, withoutAlerts };
}

function withoutAlertsOf(given: string): boolean {
  const value = booleans.get(given);
  if (value !== undefined) return value;
  const reason = `error converting exclude_alerts: strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`;
  throw invalidParameter('exclude_alerts', reason);
}

/** The very data: a parsed copy would have its keys in another order than Prometheus writes them. */
function checked(data: unknown): RuleData {
  ruleData.parse(data);
  return data as RuleData;
}

/** Groups of which nothing is left are left out. */
function filtered({ groups }: RuleData, filters: Filters): RuleData {
  return {
    groups: groups.flatMap((group) => {
      if (!allows(filters.groups, group.name) || !allows(filters.files, group.file)) return [];
      const rules = group.rules
        .filter((rule) => allows(filters.names, rule.name) && (filters.type ?? rule.type) === rule.type)
        .map((rule) => (filters.withoutAlerts && rule.type === 'alerting' ? { ...rule, alerts: null } : rule));
      return rules.length === 0 ? [] : [{ ...group, rules }];
    }),
  };
}

function allows(wanted: readonly string[], given: string): boolean {
  return wanted.length === 0 || wanted.includes(given);
}
