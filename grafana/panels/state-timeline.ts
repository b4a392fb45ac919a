/** States over time, one line a series: when was what down, and for how long. */
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TimelineValueAlignment,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { plain, thresholds } from '../appearance/colours.ts';
import { mappings, type States } from '../appearance/states.ts';
import { chosenPrometheus } from '../datasource.ts';
import type { Shown } from './shown.ts';
import { type Query, rangeTarget } from './target.ts';

export interface StateTimeline extends Shown {
  readonly queries: readonly Query[];
  readonly states: States;
  readonly none: string;
}

export function stateTimeline({ title, description, queries, states, none }: StateTimeline): PanelBuilder {
  return new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(chosenPrometheus)
    .unit('none')
    .targets(queries.map(rangeTarget))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(plain))
    .mappings(mappings(states))
    .noValue(none)
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .alignValue(TimelineValueAlignment.Left)
    .rowHeight(0.85)
    .lineWidth(0)
    .fillOpacity(85)
    .spanNulls(false)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
}
