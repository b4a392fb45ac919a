/**
 * Reads an export request of OTLP/HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hex, 64-bit
 * numbers as text or number, enums as numbers. What is not needed is left out, what is long is cut.
 */
import { z } from 'zod';
import { type JournalSpan, spanKinds } from './span.ts';

/** One resource's spans, not yet looked at one by one. */
export interface SpanBatch {
  readonly service: string;
  readonly spans: readonly unknown[];
}

/** Resources in a request, and scopes in each. */
export const maxBatches = 100;
/** Attributes and links of a span that are looked at: an SDK sends 128 at most, unless it is told otherwise. */
const maxEach = 256;
const maxText = 200;
const maxAttributes = 32;
const maxLinks = 20;
const kept = /^(openclaw|http|error|process)\./;

/** The length comes first: to look at a hundred thousand things takes as long as a layer may be down. */
const atMost = <T extends z.ZodType>(length: number, item: T) =>
  z.array(z.unknown()).max(length).pipe(z.array(item)).prefault([]);

const value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
});
const attributes = atMost(maxEach, z.object({ key: z.string(), value: value.optional() }));
const nanoseconds = z.union([z.string().regex(/^\d{1,20}$/), z.number().min(0)]).transform(Number);
const id = (digits: number) =>
  z
    .string()
    .toLowerCase()
    .regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`));

const request = z.object({
  resourceSpans: atMost(
    maxBatches,
    z.object({
      resource: z.object({ attributes }).optional(),
      scopeSpans: atMost(maxBatches, z.object({ spans: z.array(z.unknown()).default([]) })),
    }),
  ),
});

const span = z.object({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: z.union([z.literal(''), id(16)]).optional(),
  name: z.string().default(''),
  kind: z.int().default(0),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  links: atMost(maxEach, z.object({ traceId: id(32) })),
  status: z.object({ code: z.int().optional(), message: z.string().optional() }).optional(),
});

/** Undefined if it is no such request. */
export function batchesOf(body: unknown): readonly SpanBatch[] | undefined {
  const parsed = request.safeParse(body);
  return parsed.data?.resourceSpans.map(({ resource, scopeSpans }) => ({
    service: cut(String(plain(resource?.attributes ?? [], /^service\.name$/)['service.name'] ?? 'unknown')),
    spans: scopeSpans.flatMap(({ spans }) => spans),
  }));
}

/** Undefined if it is none, by the rules above. */
export function spanOf(raw: unknown): JournalSpan | undefined {
  const parsed = span.safeParse(raw);
  if (!parsed.success) return undefined;
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano, status, links } = parsed.data;
  const told = plain(parsed.data.attributes, kept);
  return {
    trace: traceId,
    id: spanId,
    ...(parentSpanId && { parent: parentSpanId }),
    name: cut(name),
    kind: spanKinds[kind - 1] ?? 'internal',
    startMs: milliseconds(startTimeUnixNano),
    ms: milliseconds(Math.max(0, endTimeUnixNano - startTimeUnixNano)),
    ...(status?.code === 2 && { error: cut(status.message ?? '') }),
    ...(Object.keys(told).length > 0 && { attributes: told }),
    ...(links.length > 0 && { links: links.slice(0, maxLinks).map((link) => link.traceId) }),
  };
}

function plain(list: z.infer<typeof attributes>, wanted: RegExp): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  let room = maxAttributes;
  for (const { key, value: given } of list) {
    if (room === 0) break;
    if (!wanted.test(key) || key.length > maxText || given === undefined) continue;
    const { stringValue, boolValue, intValue, doubleValue } = given;
    const one = stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue));
    if (one === undefined) continue;
    found[key] = typeof one === 'string' ? cut(one) : one;
    room -= 1;
  }
  return found;
}

/** To the microsecond: a double knows today's time no better. */
function milliseconds(nanos: number): number {
  return Math.round(nanos / 1e3) / 1e3;
}

/** On one line: what a person reads in a terminal must not move its cursor. */
function cut(text: string): string {
  const short = text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`;
  return short.replace(/\p{Cc}+/gu, ' ');
}
