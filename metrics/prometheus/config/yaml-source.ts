/** A YAML file that remembers where everything stands, so that a problem can be shown to a person. Scalars are kept as written: `1.0` stays `1.0`. */
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { PrometheusError } from '../errors.ts';

export interface YamlSource {
  /** Maps, lists and strings; what is null is left out. */
  readonly value: unknown;
  /** `FILE:LINE:COLUMN` of what a path leads to, or of the nearest part of it that there is. */
  place(path: readonly PropertyKey[]): string;
  /** The same of a key, rather than of its value. */
  placeOfKey(path: readonly PropertyKey[], key: string): string;
}

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);

/** @throws {PrometheusError} where it is no YAML, with file, line and column. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = attempt(file, () =>
    parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines, prettyErrors: false }),
  );
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined)
    throw new PrometheusError('PROMETHEUS_CONFIGURATION', `${at(error.pos[0])}: ${error.message}`);
  visit(document, {
    Scalar: (_key, scalar) => {
      if (scalar.type === 'PLAIN' && nulls.has(scalar.source ?? '')) scalar.value = null;
    },
  });
  const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
  const place = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length > 0; length--) {
      const start = startOf(document.getIn(path.slice(0, length), true));
      if (start !== undefined) return at(start);
    }
    return at(startOf(document.contents) ?? 0);
  };
  return {
    value: attempt(file, () => withoutNulls(document.contents === null ? {} : document.toJS({ maxAliasCount: 100 }))),
    place,
    placeOfKey: (path, key) => {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
      const start = startOf(pair?.key);
      return start === undefined ? place(path) : at(start);
    },
  };
}

/** Aliases that lead nowhere or grow without end, and nesting that is too deep. */
function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PrometheusError('PROMETHEUS_CONFIGURATION', `${file}: ${reason}`, { cause });
  }
}

/** An empty field is one that is not there, as in Go. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
