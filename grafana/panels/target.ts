/** One query of a panel. */
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { chosenPrometheus } from '../datasource.ts';

export interface Query {
  /** From `metrics/`. */
  readonly expr: string;
  /** `{{skill}}`: how one of its series is called. */
  readonly legend: string;
  /** The least step, such as `5s`: `$__rate_interval` is four of them. Without it four times the data source's interval. */
  readonly minStep?: string;
}

/** The name by which overrides and transformations find a query: A, B, C … */
export function refId(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Over the time that the dashboard shows. */
export function rangeTarget({ expr, legend, minStep }: Query, index: number): DataqueryBuilder {
  return stepped(common(expr, index).range().format(PromQueryFormat.TimeSeries).legendFormat(legend), minStep);
}

/** As of now. The least step counts here too: the window of a rate is made of it. */
export function instantTarget({ expr, legend, minStep }: Query, index: number): DataqueryBuilder {
  return stepped(common(expr, index).instant().format(PromQueryFormat.TimeSeries).legendFormat(legend), minStep);
}

/** As of now, a row a series. */
export function tableTarget(expr: string, index: number): DataqueryBuilder {
  return common(expr, index).instant().format(PromQueryFormat.Table).legendFormat('__auto');
}

function stepped(target: DataqueryBuilder, minStep: string | undefined): DataqueryBuilder {
  return minStep === undefined ? target : target.interval(minStep);
}

function common(expr: string, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(chosenPrometheus)
    .editorMode(QueryEditorMode.Code)
    .expr(expr)
    .refId(refId(index));
}
