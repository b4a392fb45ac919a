/** Errors as clients see them: RFC 9457 problem details, with a stable `code` and the fields at fault. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { LayerError } from './errors.ts';

export interface FieldProblem {
  /** As a path into what was sent: `body.runs[0].id`, `query.limit`, `header.Idempotency-Key`. */
  readonly field: string;
  readonly message: string;
}

export class ProblemError extends LayerError {
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  /** When it is worth asking again: the header Retry-After, for 429 and 503. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    fields: readonly FieldProblem[] = [],
    retryAfterSeconds?: number,
  ) {
    super(code, message);
    this.status = status;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The parsed value, or a 400 that names every field at fault; `where` is what was parsed: `body`, `query`. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues
    .slice(0, 20)
    .map((issue) => ({ field: fieldPath(where, issue.path), message: issue.message }));
  const detail = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new ProblemError(400, 'OPENCLAW_INVALID', detail, fields);
}

/** Makes every error and unknown route of `app` a problem. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, 'OPENCLAW_NO_ROUTE', `there is no ${request.method} ${request.url.split('?')[0]}`),
  );
  app.setErrorHandler<FastifyError | ProblemError>((error, request, reply) => {
    if (error instanceof ProblemError) {
      // Whole seconds (RFC 9110), never fewer than were meant; 503 without a word means: soon.
      const seconds = error.retryAfterSeconds ?? (error.status === 503 ? 1 : undefined);
      if (seconds !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(seconds)));
      return sendProblem(reply, error.status, error.code, error.message, error.fields);
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, status, error.code, error.message);
    request.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
    return sendProblem(reply, status, 'OPENCLAW_INTERNAL', 'the layer failed to answer; its log says why');
  });
}

/** For what fails before any route is found, as a URL with a bad escape. */
export function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(reply, error.statusCode ?? 400, error.code, error.message);
}

function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  fields: readonly FieldProblem[] = [],
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(problemJson(status, code, detail, fields));
}

export function problemJson(
  status: number,
  code: string,
  detail: string,
  fields: readonly FieldProblem[] = [],
): string {
  return JSON.stringify({ type: 'about:blank', status, code, detail, ...(fields.length > 0 && { errors: fields }) });
}

function fieldPath(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    where,
  );
}
