import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGateway } from '../gateway.ts';
import { makeHome, startHere, testContext, token } from '../testing/test-gateway.ts';
import type { Contract } from './endpoint.ts';
import { openApiDocument } from './open-api.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, { readonly headers?: unknown }>>;
}

const home = makeHome();
let gateway: Awaited<ReturnType<typeof startHere>>;
// biome-ignore lint/suspicious/noExplicitAny: assertions look into it everywhere
let document: any;
beforeAll(async () => {
  gateway = await startHere(home.path);
  const answer = await gateway.call('GET', '/openapi.json', undefined, { authorization: '' });
  expect(answer.status).toBe(200);
  document = answer.body;
});
afterAll(async () => {
  await gateway.close();
  home[Symbol.dispose]();
});

function operations(): [string, Operation][] {
  return Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** As the listener knows them: `POST /v1/runs/{id}/cancel`. Fastify prints a tree, four columns a level. */
async function routesOfListener(): Promise<string[]> {
  using own = makeHome();
  const app = createGateway(testContext(), {
    home: own.path,
    host: '127.0.0.1',
    token,
    port: 0,
    heartbeatMs: 1000,
    logLevel: 'silent',
  });
  await app.ready();
  const path: string[] = [];
  const routes = app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^([│ ├└─]*)(\S+)(?: \((.+)\))?$/.exec(line);
      if (match === null) return [];
      const [, indent = '', part = '', methods = ''] = match;
      path.splice(indent.length / 4 - 1, Number.POSITIVE_INFINITY, part);
      const whole = path.join('').replace(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .flatMap((method) => (method === '' || method === 'HEAD' ? [] : [`${method} ${whole}`]));
    });
  await app.close();
  return routes;
}

describe('the OpenAPI document', () => {
  it('has every route that the listener has, and no other', async () => {
    const routes = await routesOfListener();
    expect(routes.length).toBeGreaterThan(15);
    expect(
      operations()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(routes.toSorted());
  });

  it('names each operation once, and refers to nothing that it does not hold', () => {
    const names = operations().map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('postRunsIdCancel');
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...new Set(references)]));
    expect(references).toEqual(expect.arrayContaining(['Run', 'Skill', 'Command', 'Message', 'Event', 'Problem']));
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('says of each path parameter that it is one', () => {
    for (const [name, { parameters = [] }] of operations()) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)).toEqual(
        inPath,
      );
      for (const parameter of parameters)
        expect(parameter.required).toBe(parameter.in === 'path' || parameter.name === 'Idempotency-Key');
    }
  });

  it('lists problems: those of the token wherever one is needed, and when to come again', () => {
    for (const [name, { security, responses }] of operations()) {
      const open = ['GET /health', 'GET /ready', 'GET /metrics', 'GET /openapi.json'].includes(name);
      expect(security).toEqual(open ? [] : [{ bearer: [] }]);
      expect('401' in responses).toBe(!open);
      if (responses['429'] !== undefined) expect(responses['429'].headers).toHaveProperty('Retry-After');
    }
    expect(document.paths['/v1/reports'].post.responses).toHaveProperty('403');
    expect(document.paths['/v1/runs'].get.responses).not.toHaveProperty('403');
  });

  it('describes what a query means: whole numbers, with their bounds and defaults', () => {
    const limit = document.paths['/v1/runs'].get.parameters.find(
      (parameter: { name: string }) => parameter.name === 'limit',
    );
    expect(limit.schema).toEqual({ type: 'integer', minimum: 1, maximum: 500, default: 50 });
  });

  it('is made from the schemas: what they say, it says', () => {
    const contract: Contract = {
      method: 'PUT',
      path: '/x/{y}',
      summary: 'x',
      access: 'client',
      params: z.object({ y: z.string() }),
      body: z.strictObject({ a: z.int().min(3).default(4) }),
      answer: z.object({ b: z.literal('c'), d: z.string().exactOptional() }),
      answers: { 200: 'Fine.' },
      problems: { 418: 'Teapot.' },
    };
    const made = openApiDocument([contract], '1').paths['/x/{y}']?.put as {
      requestBody: { content: Record<string, { schema: unknown }> };
      responses: Record<string, { content: Record<string, { schema: unknown }> }>;
    };
    expect(made.requestBody.content['application/json']?.schema).toMatchObject({
      properties: { a: { type: 'integer', minimum: 3, default: 4 } },
      additionalProperties: false,
    });
    expect(made.responses['200']?.content['application/json']?.schema).toEqual({
      type: 'object',
      properties: { b: { type: 'string', const: 'c' }, d: { type: 'string' } },
      required: ['b'],
    });
    expect(made.responses).toHaveProperty('418');
  });
});
