/** What the API answers instead of a result. */
import { ChaosError } from '../../errors.ts';

export class ApiError extends ChaosError {
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super('CHAOS_TOXIPROXY_API', message);
    this.status = status;
  }
}

export const proxyNotFound = () => new ApiError('proxy not found', 404);
export const proxyAlreadyExists = () => new ApiError('proxy already exists', 409);
export const toxicNotFound = () => new ApiError('toxic not found', 404);
export const toxicAlreadyExists = () => new ApiError('toxic already exists', 409);
export const invalidToxicType = () => new ApiError('invalid toxic type', 400);
export const invalidStream = () => new ApiError('stream was invalid, can be either upstream or downstream', 400);
export const missingField = (field: string) => new ApiError(`missing required field: ${field}`, 400);
export const badRequestBody = (reason: string) => new ApiError(`bad request body: ${reason}`, 400);
