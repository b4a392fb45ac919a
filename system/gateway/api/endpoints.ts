/** All routes of the gateway, and the document that tells of them. */
import { version } from '../../layer/version.ts';
import { type Contract, type Endpoint, endpoint, ok } from './endpoint.ts';
import { eventEndpoints } from './event-endpoints.ts';
import { documentSchema, openApiDocument } from './open-api.ts';
import { runEndpoints } from './run-endpoints.ts';
import { runtimeEndpoints } from './runtime-endpoints.ts';
import { sessionEndpoints } from './session-endpoints.ts';
import { skillEndpoints } from './skill-endpoints.ts';
import { layerContracts, statusEndpoints } from './status-endpoints.ts';

const document = endpoint({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  access: 'open',
  answer: documentSchema,
  answers: { 200: 'OpenAPI 3.1.' },
  problems: {},
  handle: () => ok(apiDocument()),
});

export const endpoints: readonly Endpoint[] = [
  ...skillEndpoints,
  ...runEndpoints,
  ...eventEndpoints,
  ...statusEndpoints,
  ...sessionEndpoints,
  ...runtimeEndpoints,
  document,
];

const contracts: readonly Contract[] = [...endpoints, ...layerContracts];

let made: ReturnType<typeof openApiDocument> | undefined;

/** Not before somebody asks: a gateway that restarts has no time for it. */
export function apiDocument(): ReturnType<typeof openApiDocument> {
  made ??= openApiDocument(contracts, version);
  return made;
}
