/** A row a layer, skill or fault; a column a query. */
import { TableCellDisplayMode, TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { plain, type Steps, thresholds } from '../appearance/colours.ts';
import { mappings, type States } from '../appearance/states.ts';
import { chosenPrometheus } from '../datasource.ts';
import { dataLink } from '../links.ts';
import type { Shown } from './shown.ts';
import { refId, tableTarget } from './target.ts';

export interface Column {
  readonly title: string;
  /** From `metrics/`; its series have the keys as their only labels. */
  readonly expr: string;
  readonly unit: string;
  readonly steps?: Steps;
  readonly states?: States;
  readonly decimals?: number;
}

export interface Table extends Shown {
  /** Labels that name a row, with the heading of each. */
  readonly keys: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Where a click on the first key leads: a dashboard's `uid`, and the variable that gets the value. */
  readonly more?: { readonly uid: string; readonly variable: string };
  readonly none: string;
}

export function table({ title, description, keys, columns, more, none }: Table): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(chosenPrometheus)
    .unit('none')
    .noValue(none)
    .thresholds(thresholds(plain))
    .cellHeight(TableCellHeight.Sm)
    .showHeader(true)
    .targets(columns.map(({ expr }, index) => tableTarget(expr, index)))
    .transformations([
      { id: 'merge', options: {} },
      { id: 'organize', options: organized(keys, columns) },
    ]);
  for (const column of columns) panel.overrideByName(column.title, appearance(column));
  for (const [index, heading] of Object.values(keys).entries()) {
    // What stands for "no rows" must not stand in a cell.
    const properties: DynamicConfigValue[] = [{ id: 'noValue', value: '–' }];
    if (more && index === 0) properties.push({ id: 'links', value: [dataLink(more.uid, more.variable)] });
    panel.overrideByName(heading, properties);
  }
  return panel;
}

/** With one query the value is called `Value`, with several `Value #A`, `Value #B` … */
function organized(keys: Table['keys'], columns: readonly Column[]): object {
  const valueName = (index: number): string => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const names = [...Object.keys(keys), ...columns.map((_, index) => valueName(index))];
  return {
    excludeByName: { Time: true },
    indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
    renameByName: { ...keys, ...Object.fromEntries(columns.map(({ title }, index) => [valueName(index), title])) },
  };
}

function appearance({ unit, steps, states, decimals }: Column): DynamicConfigValue[] {
  const found: DynamicConfigValue[] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) found.push({ id: 'decimals', value: decimals });
  if (states) found.push({ id: 'mappings', value: mappings(states) });
  if (steps) {
    found.push({ id: 'thresholds', value: thresholds(steps).build() }, { id: 'color', value: { mode: 'thresholds' } });
  }
  if (steps || states) found.push({ id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } });
  return found;
}
