/** For tests: holds answers to what the OpenAPI document says of them, to the letter: a member that it does not name is too much. */
import { z } from 'zod';
import { apiDocument } from '../api/endpoints.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

type Json = Record<string, unknown>;
interface Operation {
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content: Readonly<Record<string, { readonly schema: Json }>> }
    >
  >;
}

const schemas = new Map<string, z.ZodType>();

/** Throws if the route is in the document and the answer is not as it says. Routes that there are not have no answer to hold to. */
export function checkAnswer(method: string, path: string, { status, headers, body }: Answer): void {
  const operation = operationOf(method, path.split('?')[0] ?? '');
  if (operation === undefined) return;
  const media = headers.get('content-type')?.split(';')[0] ?? '';
  const response = operation.responses[String(status)];
  const schema = response?.content[media]?.schema;
  const name = `${method} ${path} → ${status} ${media}`;
  if (schema === undefined) throw new Error(`${name} is not in the document`);
  const result = schemaOf(schema).safeParse(body);
  if (!result.success) throw new Error(`${name} is not as documented: ${z.prettifyError(result.error)}`);
  if (media !== 'application/problem+json') return;
  const { code } = body as { code: string };
  const isNamed = code.startsWith('FST_') || response?.description.includes(`\`${code}\``);
  if (!isNamed) throw new Error(`${name} has the code ${code}, which is not in the document`);
}

function operationOf(method: string, path: string): Operation | undefined {
  const { paths } = apiDocument();
  const template = Object.keys(paths).find((known) =>
    new RegExp(`^${known.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return paths[template ?? '']?.[method.toLowerCase()] as Operation | undefined;
}

export function schemaOf(schema: Json): z.ZodType {
  const key = JSON.stringify(schema);
  const known = schemas.get(key);
  if (known !== undefined) return known;
  const { components } = apiDocument() as unknown as { components: { schemas: Json } };
  const whole = { ...schema, $defs: components.schemas };
  const local = JSON.stringify(closed(whole)).replaceAll('"#/components/schemas/', '"#/$defs/');
  const made = z.fromJSONSchema(JSON.parse(local));
  schemas.set(key, made);
  return made;
}

/** Objects that may have no members but those that are named, unless they say that they may. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const object: Json = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closed(part)]));
  const isClosed = 'properties' in object && object.additionalProperties === undefined;
  return isClosed ? { ...object, additionalProperties: false } : object;
}
