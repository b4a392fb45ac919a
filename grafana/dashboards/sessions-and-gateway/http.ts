/** Rate, errors and duration of the APIs, by route. */
import { observationsPerSecond, quantileOver, type ServiceContext } from '../../../metrics/promql-live.ts';
import { unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { durationSteps, live, minStep } from './context.ts';

const byRoute: ServiceContext = { ...live, by: ['layer', 'http_request_method', 'http_route'] };

const routeLegend = '{{layer}}: {{http_request_method}} {{http_route}}';

const duration = 'http_server_request_duration_seconds';

export const http = [
  line(9, [
    timeSeries({
      title: 'Requests by route',
      description: 'HTTP requests a second at each layer, by route template.',
      unit: 'reqps',
      queries: [{ expr: observationsPerSecond(duration, byRoute), legend: routeLegend, minStep }],
    }),
    timeSeries({
      title: 'Duration by route, 99 %',
      description:
        'Interpolated within buckets: 99 % of the requests took no longer. Requests that wait on purpose are long by nature.',
      unit: unitOf(duration),
      queries: [{ expr: quantileOver(duration, 0.99, byRoute), legend: routeLegend, minStep: '15s' }],
      limits: durationSteps,
    }),
    timeSeries({
      title: 'Requests by status',
      description: 'HTTP requests a second by layer and status: 4xx is the caller, 5xx is ours.',
      unit: 'reqps',
      queries: [
        {
          expr: observationsPerSecond(duration, { ...live, by: ['layer', 'http_response_status_code'] }),
          legend: '{{layer}}: {{http_response_status_code}}',
          minStep,
        },
      ],
    }),
  ]),
];
