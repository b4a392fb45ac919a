/**
 * How deep what clients send may be nested. Parsing copes with any depth, writing does not: the stack ends, at some thousand levels, sooner
 * the deeper the writer stands itself. One limit far from there keeps what one layer took from being what another cannot pass on.
 */
export const maxJsonDepth = 1000;

export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxJsonDepth) return true;
    level = level.flatMap((nested) => Object.values(nested).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
