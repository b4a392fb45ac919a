/** Answers of the API, with the original's status, type and body. */
import { ApiError, badRequestBody } from './errors.ts';
import { JsonError } from './json/parse.ts';
import { objectText, stringText } from './json/write.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

export function json(status: number, body: string, contentType = 'application/json'): Answer {
  return { status, headers: { 'Content-Type': contentType }, body };
}

export function plainText(status: number, body: string): Answer {
  return { status, headers: plain, body: `${body}\n` };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: '' };
}

/** JSON that calls itself plain text: so the original does. */
export function refusal(error: ApiError): Answer {
  return plainText(error.status, objectText(errorMembers(error)));
}

export function errorMembers(error: ApiError): [string, string][] {
  return [
    ['error', stringText(error.message)],
    ['status', String(error.status)],
  ];
}

/** What is no refusal of ours (a port in use, say) is a 500 with its message. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof JsonError) return badRequestBody(error.message);
  return new ApiError(error instanceof Error ? error.message : String(error), 500);
}
