/** `/api/v1/query` and `/api/v1/query_range`. */
import type { Answer, Engine } from '../engine/engine.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import type { Form } from './form.ts';
import {
  durationNs,
  durationParameter,
  limitParameter,
  optionalDuration,
  optionalTime,
  timeParameter,
} from './parameters.ts';
import type { QueryGate } from './query-gate.ts';
import { answered, type Reply } from './reply.ts';
import { type ApiRequest, getOrPost, type Route } from './route.ts';

export interface QueryRoutesOptions {
  readonly engine: Engine;
  readonly gate: QueryGate;
  /** `--query.timeout`: no query may take longer, whatever it asks for. */
  readonly timeoutMs: number;
}

/** As there: enough for a week at 60 s. */
const maxPoints = 11_000;

export function queryRoutes({ engine, gate, timeoutMs }: QueryRoutesOptions): Route[] {
  const run = async (
    { form, gone }: ApiRequest,
    work: (options: QueryOptions) => Promise<Answer>,
    options: Omit<QueryOptions, 'timeoutMs'>,
  ): Promise<Reply> => {
    const patience = { timeoutMs: Math.min(timeoutMs, optionalDuration(form, 'timeout') ?? timeoutMs), gone };
    const lookback = lookbackOf(form);
    return answered(await gate.run(patience, (left) => work({ ...options, ...lookback, timeoutMs: left })));
  };
  return [
    getOrPost('/api/v1/query', (request) => {
      const { form } = request;
      const limit = limitParameter(form);
      const timeMs = optionalTime(form, 'time', Date.now());
      return run(request, (options) => engine.query({ ...options, timeMs }), { query: form.get('query'), limit });
    }),
    getOrPost('/api/v1/query_range', (request) => {
      const { form } = request;
      const limit = limitParameter(form);
      const range = rangeOf(form);
      return run(request, (options) => engine.queryRange({ ...options, ...range }), {
        query: form.get('query'),
        limit,
      });
    }),
  ];
}

interface QueryOptions {
  readonly query: string;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly lookbackDeltaMs?: number;
}

function rangeOf(form: Form): { readonly startMs: number; readonly endMs: number; readonly stepMs: number } {
  const startMs = timeParameter(form, 'start');
  const endMs = timeParameter(form, 'end');
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time');
  const stepNs = durationParameter(form, 'step');
  if (stepNs <= 0) {
    const reason = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
    throw invalidParameter('step', reason);
  }
  if (Math.trunc(((endMs - startMs) * 1e6) / stepNs) > maxPoints) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, endMs, stepMs: Math.trunc(stepNs / 1e6) };
}

function lookbackOf(form: Form): { readonly lookbackDeltaMs?: number } {
  const text = form.get('lookback_delta');
  if (text === '') return {};
  const ns = durationNs(text);
  if (typeof ns === 'number') return { lookbackDeltaMs: Math.trunc(ns / 1e6) };
  throw new ApiError('bad_data', `error parsing lookback delta duration: ${ns.reason}`);
}
