/** The OpenAPI 3.1 document, made from the schemas that validate. Pure. */
import { z } from 'zod';
import type { Contract } from './endpoint.ts';

type JsonSchema = Record<string, unknown>;

export const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
});

const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    status: z.int(),
    /** Stable, for programs. */
    code: z.string(),
    /** For people. */
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `code` is stable; `errors` names the fields at fault.' });

const anywhere: Readonly<Record<number, string>> = {
  400: '`OPENCLAW_INVALID`: something in the request is wrong; `errors` says what.',
  500: '`OPENCLAW_INTERNAL`: a fault of the gateway; its log says more.',
};
const withToken: Readonly<Record<number, string>> = {
  401: '`OPENCLAW_UNAUTHORIZED`: no token, or a wrong one.',
  429: '`OPENCLAW_TOO_MANY_FAILURES`: too many wrong tokens came from this address.',
};
const ownerOnly: Readonly<Record<number, string>> = { 403: '`OPENCLAW_OWNER_ONLY`: the route wants the main token.' };
const withBody: Readonly<Record<number, string>> = {
  413: 'The body is too large.',
  415: 'The body is no JSON.',
};
const withWriting: Readonly<Record<number, string>> = { 503: '`OPENCLAW_STORAGE`: the disk takes nothing now.' };

export function openApiDocument(contracts: readonly Contract[], version: string): z.infer<typeof documentSchema> {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const contract of contracts) {
    const path = paths[contract.path] ?? {};
    paths[contract.path] = { ...path, [contract.method.toLowerCase()]: operation(contract, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'openclaw gateway',
      version,
      description:
        'Times are Unix ms. Errors are problem details (RFC 9457). Members that a reader does not know are to be ignored. The `code` of a problem is named with its status at each route; one that begins with `FST_` comes from the listener and says that the request cannot be read. Lists are paged: ask again with `cursor` set to `next` until it is null. A request may come with the header `traceparent` (W3C Trace Context): the run that it asks for, and the events of that, are then a part of its trace. One that is malformed counts as none.',
    },
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The main token, or one of state/tokens.' },
      },
    },
  };
}

function operation(contract: Contract, components: Components): JsonSchema {
  const { method, path, summary, access, body } = contract;
  const parameters = [
    ...parametersOf('path', contract.params, components),
    ...parametersOf('query', contract.query, components),
    ...parametersOf('header', contract.headers, components),
  ];
  return {
    operationId: `${method.toLowerCase()}${path.replace('/v1', '').replace(/[^A-Za-z]+(.?)/g, (_all, letter: string) => letter.toUpperCase())}`,
    summary,
    security: access === 'open' ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: components.schemaOf(body, 'input') } },
      },
    }),
    responses: { ...answersOf(contract, components), ...problemsOf(contract, components) },
  };
}

function answersOf(contract: Contract, components: Components): JsonSchema {
  const { answer, answers, media = 'application/json' } = contract;
  const content = { [media]: { schema: components.schemaOf(answer, 'output') } };
  return Object.fromEntries(Object.entries(answers).map(([status, description]) => [status, { description, content }]));
}

function problemsOf(contract: Contract, components: Components): JsonSchema {
  const { access, method, body, problems } = contract;
  const all = [
    anywhere,
    access === 'open' ? {} : withToken,
    access === 'owner' ? ownerOnly : {},
    body === undefined ? {} : withBody,
    method === 'GET' ? {} : withWriting,
    problems,
  ];
  const content = { 'application/problem+json': { schema: components.schemaOf(problemSchema, 'output') } };
  const responses: Record<string, JsonSchema> = {};
  for (const status of new Set(all.flatMap((some) => Object.keys(some)))) {
    const description = all.flatMap((some) => some[Number(status)] ?? []).join(' Or: ');
    responses[status] = { description, ...(['429', '503'].includes(status) && { headers: retryAfter }), content };
  }
  return responses;
}

const retryAfter = {
  'Retry-After': { description: 'Seconds until asking again is worth it.', schema: { type: 'integer', minimum: 1 } },
};

function parametersOf(where: string, shape: z.ZodObject | undefined, components: Components): JsonSchema[] {
  return Object.entries(shape?.shape ?? {}).map(([name, field]) => {
    // What a query means rather than how it is written: 5, not "5".
    const { description, ...schema } = components.schemaOf(field, 'output');
    const required = !field.safeParse(undefined).success;
    return { name, in: where, required, ...(description !== undefined && { description }), schema };
  });
}

/** The schemas that have a name of their own. */
class Components {
  readonly schemas: Record<string, JsonSchema> = {};

  schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...own
    } = withNamedReferences(z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => adapt(jsonSchema, io) }));
    for (const [name, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
      const { id: _id, ...named } = definition;
      this.schemas[name] = named;
    }
    // A schema that is named itself comes whole, not as a reference.
    const { id, ...named } = own;
    if (typeof id !== 'string') return own;
    this.schemas[id] = named;
    return { $ref: `#/components/schemas/${id}` };
  }
}

function adapt(schema: JsonSchema, io: 'input' | 'output'): void {
  // Answers may gain members.
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
  // Not every reader of patterns knows the properties of Unicode.
  if (typeof schema.pattern === 'string')
    schema.pattern = schema.pattern.replaceAll('\\p{Cc}', '\\x00-\\x1f\\x7f-\\x9f');
}

function withNamedReferences(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}
