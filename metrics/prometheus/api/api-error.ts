/** An error of the API in Prometheus's form: a type that programs tell apart, and a text for people. */
import type { ErrorType } from '../engine/engine.ts';

/** HTTP statuses as Prometheus answers them; 499 is nginx's: the client went away. */
const statuses: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  not_found: 404,
  execution: 422,
  canceled: 499,
  internal: 500,
  unavailable: 503,
  timeout: 503,
};

export class ApiError extends Error {
  readonly type: ErrorType;
  readonly status: number;

  constructor(type: ErrorType, message: string, status: number = statuses[type]) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export function invalidParameter(name: string, reason: string): ApiError {
  return new ApiError('bad_data', `invalid parameter ${JSON.stringify(name)}: ${reason}`);
}
