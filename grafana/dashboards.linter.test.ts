/** The usual rules of dashboard linters, and a few of the house, on the JSON that Grafana reads. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { panelsOf, targetsOf } from './testing/queries.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana resolves it.
const chosen = { type: 'prometheus', uid: '${datasource}' };
const all = Object.values(dashboards).map((dashboard: Dashboard) => ({ title: dashboard.title ?? '', dashboard }));
const panels = all.flatMap(({ title, dashboard }) =>
  panelsOf(dashboard).map((panel) => ({ place: `${title}, panel "${panel.title}"`, panel })),
);
const measured = panels.filter(({ panel }) => panel.type !== 'text');

describe.each(all)('$title', ({ dashboard }) => {
  const { templating, annotations, links } = dashboard;
  const variables = templating?.list ?? [];

  test('is found again: uid, tags, description', () => {
    expect(dashboard.uid).toMatch(/^openclaw-[a-z]+$/);
    expect(dashboard.tags).toContain('openclaw');
    expect(dashboard.description).toMatch(/\?$/);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
  });

  test('is live, in the time of the reader, and not to be changed by mouse', () => {
    expect(dashboard).toMatchObject({ refresh: '5s', timezone: 'browser', editable: false, graphTooltip: 1 });
  });

  test('asks for the data source first, and every choice of it', () => {
    expect(variables[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    for (const { name, label, description, ...variable } of variables) {
      expect(label, name).toBeTruthy();
      expect(description, name).toBeTruthy();
      if (variable.type === 'query') {
        // 2: again when the time changes; else what is gone stays to choose from.
        expect(variable, name).toMatchObject({
          datasource: chosen,
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: '.+',
        });
      }
    }
  });

  test('uses each of its variables', () => {
    const text = JSON.stringify(dashboard.panels);
    expect(
      variables.map(({ name }) => name).filter((name) => !text.includes(`$${name}`) && name !== 'datasource'),
    ).toEqual([]);
  });

  test('marks faults and alerts', () => {
    const marks = annotations?.list ?? [];
    expect(marks.map(({ name, enable, hide }) => [name, enable, hide])).toEqual([
      ['Faults', true, false],
      ['Alerts', true, false],
    ]);
    for (const { datasource } of marks) expect(datasource).toEqual(chosen);
  });

  test('leads to the others, with time and choices', () => {
    expect(links).toEqual([
      expect.objectContaining({ type: 'dashboards', tags: ['openclaw'], keepTime: true, includeVars: true }),
    ]);
  });

  test('hides neither links nor marks in a menu', () => {
    expect(JSON.stringify(dashboard)).not.toContain('inControlsMenu');
  });

  test('links lead to dashboards that exist', () => {
    const uids = Object.values(dashboards).map(({ uid }) => uid);
    const found = [...JSON.stringify(dashboard).matchAll(/"\/d\/([^?"]+)/g)].map(([, uid]) => uid);
    expect(found.filter((uid) => !uids.includes(uid))).toEqual([]);
  });

  test('links keep time and data source, and set variables that are there', () => {
    const found = [...JSON.stringify(dashboard).matchAll(/"\/d\/([^?"]+)\?([^"]+)"/g)];
    for (const [, uid, query = ''] of found) {
      const there = all.find((one) => one.dashboard.uid === uid)?.dashboard.templating?.list ?? [];
      const [, variable] = /var-(\w+)=\$\{__value/.exec(query) ?? [];
      expect(query).toContain('__url_time_range');
      expect(query).toMatch(/\{(datasource:queryparam|__all_variables)\}/);
      if (variable !== undefined) expect(there.map(({ name }) => name)).toContain(variable);
    }
  });

  test('numbers its panels, each once', () => {
    const ids = (dashboard.panels ?? []).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });

  test('explains itself', () => expect(panelsOf(dashboard).filter(({ type }) => type === 'text')).toHaveLength(1));
});

test('uids and titles are each others own', () => {
  for (const of of ['uid', 'title'] as const) {
    const values = all.map(({ dashboard }) => dashboard[of]);
    expect(new Set(values).size).toBe(values.length);
  }
});

test.each(panels)('$place: title and description', ({ panel }) => {
  expect(panel.title).toMatch(/^[A-Z]/);
  expect(panel.description).toMatch(/[.?]$/);
});

test.each(measured)('$place: unit, data source, thresholds, words for "nothing"', ({ panel }) => {
  expect(panel.datasource).toEqual(chosen);
  expect(panel.fieldConfig?.defaults.unit).toMatch(knownUnits);
  expect(panel.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
  if (panel.type !== 'timeseries') expect(panel.fieldConfig?.defaults.noValue).toBeTruthy();
  expect(targetsOf(panel).length).toBeGreaterThan(0);
  for (const target of targetsOf(panel)) expect(target).toMatchObject({ datasource: chosen });
});

test.each(measured)('$place: no data is neither good nor bad', ({ panel }) => {
  const { defaults, overrides = [] } = panel.fieldConfig ?? {};
  const ofColumns = overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'thresholds'));
  for (const { steps } of [defaults?.thresholds, ...ofColumns.map(({ value }) => value)]) {
    expect(steps[0]).toEqual({ color: '#999999', value: null });
    expect(steps.slice(1).map(({ value }: { value: unknown }) => typeof value)).not.toContain('object');
  }
});

test.each(measured.filter(({ panel }) => panel.type === 'stat'))(
  '$place: says so where there is no data',
  ({ panel }) => {
    // With names alone Grafana leaves the panel empty.
    expect(panel.options.textMode).toMatch(/^(auto|value|value_and_name)$/);
  },
);

/** Grafana's, as far as they are used here. A unit of a column stands in its override. */
const knownUnits = /^(none|short|s|percentunit|reqps|suffix:[a-z][a-z ]*\/s)$/;

test.each(measured.filter(({ panel }) => panel.type === 'table'))(
  '$place: each column is named and has a unit',
  ({ panel }) => {
    const named = Object.values(renamed(panel));
    const overridden = new Map(
      (panel.fieldConfig?.overrides ?? []).map((one) => [one.matcher.options, one.properties]),
    );
    const values = targetsOf(panel).map((_, index) => named[named.length - targetsOf(panel).length + index] ?? '');
    const keys = named.slice(0, named.length - targetsOf(panel).length);
    // What stands for "no rows" in the panel must not stand in a cell of a name.
    for (const key of keys) expect(overridden.get(key), key).toContainEqual({ id: 'noValue', value: '–' });
    for (const value of values) {
      expect(overridden.get(value)?.find(({ id }) => id === 'unit')?.value, value).toMatch(knownUnits);
    }
    expect(new Set(named).size).toBe(named.length);
  },
);

function renamed({ transformations = [] }: Panel): Record<string, string> {
  return transformations.find(({ id }) => id === 'organize')?.options.renameByName ?? {};
}

test.each(measured.filter(({ panel }) => panel.type !== 'table'))('$place: each query has a legend', ({ panel }) => {
  for (const { legendFormat = '', refId } of targetsOf(panel)) expect(legendFormat, refId).toMatch(/^(?!__auto).+/);
  const refIds = targetsOf(panel).map(({ refId }) => refId);
  expect(new Set(refIds).size).toBe(refIds.length);
});

test.each(measured.filter(({ panel }) => panel.type === 'timeseries'))(
  '$place: axis from zero, legend, gaps',
  ({ panel }) => {
    expect(panel.fieldConfig?.defaults.min).toBe(0);
    expect(panel.options.legend.showLegend).toBe(true);
    expect(panel.fieldConfig?.defaults.custom.spanNulls).toBe(false);
  },
);

test('no data source by name, nowhere', () => {
  const uids = [...JSON.stringify(all).matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid ?? '');
  const dashboardUids = all.map(({ dashboard }) => dashboard.uid);
  expect(uids.filter((uid) => uid !== chosen.uid && !dashboardUids.includes(uid))).toEqual([]);
});

test('states are told by words, and colours are those that everybody can tell apart', () => {
  const colours = new Set(
    [...JSON.stringify(all).matchAll(/"(?:color|fixedColor|iconColor)":"([^"]*)"/g)].map(([, one]) => one),
  );
  const safe = ['#0072B2', '#E69F00', '#D55E00', '#999999', '#CC79A7', '#56B4E9', '#009E73'];
  expect([...colours].filter((one) => !safe.includes(one ?? ''))).toEqual([]);
});
