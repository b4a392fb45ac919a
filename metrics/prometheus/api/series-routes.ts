/** `/api/v1/series`, `/api/v1/labels` and `/api/v1/label/NAME/values`. */
import type { Answer, Engine, Selection } from '../engine/engine.ts';
import { ApiError } from './api-error.ts';
import type { Form } from './form.ts';
import { labelNameOf } from './label-name.ts';
import { limitParameter, span } from './parameters.ts';
import type { QueryGate } from './query-gate.ts';
import { answered, type Reply } from './reply.ts';
import { type ApiRequest, get, getOrPost, type Route } from './route.ts';

export interface SeriesRoutesOptions {
  readonly engine: Engine;
  readonly gate: QueryGate;
  readonly timeoutMs: number;
}

export function seriesRoutes({ engine, gate, timeoutMs }: SeriesRoutesOptions): Route[] {
  const run = async ({ gone }: ApiRequest, work: () => Promise<Answer>): Promise<Reply> =>
    answered(await gate.run({ timeoutMs, gone }, work));
  return [
    getOrPost('/api/v1/series', (request) => {
      request.form.check();
      if (request.form.all('match[]').length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
      const selection = selectionOf(request.form);
      return run(request, () => engine.series(selection));
    }),
    getOrPost('/api/v1/labels', (request) => {
      const selection = selectionOf(request.form);
      return run(request, () => engine.labelNames(selection));
    }),
    get('/api/v1/label/*/values', (request) => {
      const name = labelNameOf(request.part);
      const selection = selectionOf(request.form);
      return run(request, () => engine.labelValues(name, selection));
    }),
  ];
}

function selectionOf(form: Form): Selection {
  const limit = limitParameter(form);
  return { ...span(form), matchers: form.all('match[]'), limit };
}
