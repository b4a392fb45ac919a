/** Lines over time. */

import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  GraphDrawStyle,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { layerColours, plain, type Steps, thresholds } from '../appearance/colours.ts';
import { chosenPrometheus } from '../datasource.ts';
import type { Measured } from './shown.ts';
import { type Query, rangeTarget } from './target.ts';

export interface TimeSeries extends Measured {
  readonly queries: readonly Query[];
  readonly max?: number;
  /** A dashed line at each value. */
  readonly limits?: Steps;
  /** Series add up to a whole. */
  readonly stacked?: boolean;
  /** Values hold until the next one, as states and counts do. */
  readonly stepped?: boolean;
  /** Where the legend's names are layers: each in its own colour. */
  readonly byLayer?: boolean;
}

export function timeSeries(spec: TimeSeries): PanelBuilder {
  const panel = new PanelBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(chosenPrometheus)
    .unit(spec.unit)
    .min(0)
    .targets(spec.queries.map(rangeTarget))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .drawStyle(GraphDrawStyle.Line)
    .lineInterpolation(spec.stepped ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .lineWidth(1)
    .fillOpacity(spec.stacked ? 40 : 10)
    .showPoints(VisibilityMode.Auto)
    // A gap is a gap: data that is missing must not look like data.
    .spanNulls(false)
    .stacking(
      new common.StackingConfigBuilder().mode(spec.stacked ? StackingMode.Normal : StackingMode.None).group('A'),
    )
    .thresholds(thresholds((spec.limits ?? plain).filter(([, value]) => value > 0)))
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(
        spec.limits ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.byLayer) colourLayers(panel);
  return panel;
}

function colourLayers(panel: PanelBuilder): void {
  for (const [layer, fixedColor] of Object.entries(layerColours)) {
    panel.overrideByRegexp(`/^${layer}\\b.*/`, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
}
