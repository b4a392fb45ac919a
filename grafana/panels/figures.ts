/** Figures of `metrics/` for panels: their query, title, sentence and unit together. */
import type { ServiceContext } from '../../metrics/promql-live.ts';
import { type ServiceSliName, serviceSlis } from '../../metrics/service-slis.ts';
import { unitOfSli } from '../appearance/units.ts';
import type { Measured } from './shown.ts';
import type { Column } from './table.ts';

/** Title, description and unit of a panel that shows one SLI. */
export function about(name: ServiceSliName): Measured {
  const { title, sentence, unit } = serviceSlis[name];
  return { title, description: sentence, unit: unitOfSli[unit] };
}

export function ask(name: ServiceSliName, context: ServiceContext): string {
  return serviceSlis[name].query(context);
}

export function column(
  name: ServiceSliName,
  context: ServiceContext,
  more: Partial<Pick<Column, 'title' | 'steps' | 'states' | 'decimals'>> = {},
): Column {
  const { title, unit } = about(name);
  return { title, unit, expr: ask(name, context), ...more };
}
