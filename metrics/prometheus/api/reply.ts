/** What the listener answers: JSON in Prometheus's envelope, or plain text. */
import type { Answer } from '../engine/engine.ts';
import { ApiError } from './api-error.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } };
}

/** `data` is JSON already. */
export function success(data: string, warnings: readonly string[] = [], infos: readonly string[] = []): Reply {
  const notes = [list('warnings', warnings), list('infos', infos)].join('');
  return json(200, `{"status":"success","data":${data}${notes}}`);
}

/** @throws {ApiError} for an answer that is an error. */
export function answered(answer: Answer): Reply {
  if (!answer.ok) throw new ApiError(answer.errorType, answer.error);
  return success(answer.data, answer.warnings, answer.infos);
}

export function failure({ type, message, status }: ApiError): Reply {
  return json(status, JSON.stringify({ status: 'error', errorType: type, error: message }));
}

function list(name: string, notes: readonly string[]): string {
  return notes.length === 0 ? '' : `,"${name}":${JSON.stringify(notes)}`;
}

function json(status: number, body: string): Reply {
  return { status, body, headers: { 'content-type': 'application/json' } };
}
