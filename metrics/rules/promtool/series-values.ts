/**
 * Values of a series as promtool writes them: `1+2x3` is 1 3 5 7, `1x2` is 1 1 1, `_` a value that is missing, `_x2` two of those, and
 * `stale` the end of the series.
 */

/** One for each interval, from the first; undefined where nothing was scraped. */
export function seriesValues(notation: string): readonly (number | undefined)[] {
  return notation.split(/\s+/).flatMap((token) => valuesOf(token));
}

function valuesOf(token: string): (number | undefined)[] {
  const gap = /^(?:stale|_(?:x(\d+))?)$/.exec(token);
  if (gap !== null) return Array.from({ length: Number(gap[1] ?? 1) }, () => undefined);
  const [, start, step = '0', more = '0'] = /^(-?[\d.]+)([+-][\d.]+)?(?:x(\d+))?$/.exec(token) ?? [];
  if (start === undefined) throw new Error(`"${token}" is no value of a series`);
  return Array.from({ length: Number(more) + 1 }, (_, index) => Number(start) + index * Number(step));
}
