/** One big figure, or one a series: what is seen in the first second. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { type Colour, type Steps, thresholds } from '../appearance/colours.ts';
import { mappings, type States } from '../appearance/states.ts';
import { chosenPrometheus } from '../datasource.ts';
import { inSight } from '../in-sight.ts';
import { linkTo } from '../links.ts';
import type { Measured } from './shown.ts';
import { instantTarget, type Query } from './target.ts';

export interface Stat extends Measured {
  readonly queries: readonly Query[];
  readonly steps: Steps;
  readonly states?: States;
  readonly decimals?: number;
  /** Of series that are 1 if they are so: their names stand in the place of the value, in these colours. */
  readonly outcomes?: Readonly<Record<string, Colour>>;
  /** The name of a series stands beside its value even if there is only one. */
  readonly named?: boolean;
  /** What stands there where there is no data. */
  readonly none: string;
  /** `uid` of the dashboard that says more. */
  readonly more?: string;
}

export function stat(spec: Stat): PanelBuilder {
  const panel = new PanelBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(chosenPrometheus)
    .unit(spec.unit)
    .targets(spec.queries.map(instantTarget))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(spec.steps))
    .noValue(spec.none)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .colorMode(BigValueColorMode.BackgroundSolid)
    .graphMode(BigValueGraphMode.None)
    .justifyMode(BigValueJustifyMode.Center)
    .orientation(VizOrientation.Auto)
    .textMode(textMode(spec))
    .wideLayout(true);
  if (spec.states) panel.mappings(mappings(spec.states));
  for (const [name, colour] of Object.entries(spec.outcomes ?? {})) {
    panel.overrideByName(name, [{ id: 'mappings', value: mappings({ 1: [name, colour] }) }]);
  }
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.more !== undefined) panel.links([inSight(linkTo(spec.more))]);
  return panel;
}

/** Never names alone: without data such a panel is empty, and what stands for "nothing" is not shown. */
function textMode({ outcomes, named }: Stat): BigValueTextMode {
  if (outcomes) return BigValueTextMode.Value;
  return named ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto;
}
