/** What is marked on every panel of every dashboard: faults that stood, and alerts that fired. */
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { serviceSlis } from '../metrics/service-slis.ts';
import { colours } from './appearance/colours.ts';
import { chosenPrometheus } from './datasource.ts';

/** Points closer together than this are one window. */
const step = '1s';

export function annotations(): AnnotationQueryBuilder[] {
  return [
    mark('Faults', serviceSlis.faultWindow.query({ window: step }), colours.fault)
      .titleFormat('Fault {{fault}}')
      .textFormat('From injection to heal')
      .tagKeys('fault'),
    mark('Alerts', serviceSlis.alertsFiring.query({ window: step }), colours.bad)
      .titleFormat('{{alertname}} {{layer}}{{skill}}')
      .textFormat('Severity {{severity}}')
      .tagKeys('alertname,severity'),
  ];
}

function mark(name: string, expr: string, colour: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(chosenPrometheus)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .expr(expr)
    .step(step);
}
