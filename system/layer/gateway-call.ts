/** The span of one request to the gateway, by OpenTelemetry's semantic conventions for HTTP clients. */
import { SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';
import { inSpan, type SpanOptions, traceparentOf } from './spans.ts';
import { parseTraceparent } from './trace-context.ts';

export interface CallTrace {
  /** What the path is made from, as `/v1/runs/:id`; it names the span, so it holds no id. Absent: the span is named after the method. */
  readonly route?: string;
  /** False: no span, as for a poll. `parent` is passed on all the same. */
  readonly traced?: boolean;
  /** As of {@link SpanOptions}; where nothing is traced it is what the gateway is told. */
  readonly parent?: SpanOptions['parent'];
  readonly links?: readonly string[];
}

const maxUrlLength = 500;

/** Runs `call` with the traceparent that the request is to carry. An answer from 400 up, and none at all, is an error of a client's span. */
export function inCallSpan<A extends { readonly status: number }>(
  method: string,
  url: string,
  { route, traced = true, parent, links = [] }: CallTrace,
  call: (traceparent: string | undefined) => Promise<A>,
): Promise<A> {
  if (!traced) return call(typeof parent === 'string' && parseTraceparent(parent) ? parent : undefined);
  const name = route === undefined ? method : `${method} ${route}`;
  return inSpan(name, { kind: 'client', parent, links, attributes: attributesOf(method, url) }, async (span) => {
    const answer = await call(traceparentOf(span));
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, answer.status);
    if (answer.status >= 400) {
      span.setAttribute(ATTR_ERROR_TYPE, String(answer.status));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    return answer;
  });
}

function attributesOf(method: string, url: string) {
  const { hostname, port, protocol } = new URL(url);
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_URL_FULL]: url.slice(0, maxUrlLength),
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_SERVER_PORT]: port === '' ? defaultPort(protocol) : Number(port),
  };
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}
