/** JSON text as Go's encoder writes it, so that answers are the original's to the byte. */

export function stringText(value: string): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** Members in the order given; values are JSON text already. (An object of JavaScript would move names like `1` to the front.) */
export function objectText(members: Iterable<readonly [key: string, text: string]>): string {
  return `{${Array.from(members, ([key, text]) => `${stringText(key)}:${text}`).join(',')}}`;
}

export function arrayText(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}

/** A 32-bit float: the fewest digits that give it back. */
export function float32Text(value: number): string {
  if (Object.is(value, -0)) return '-0';
  for (let precision = 1; precision < 9; precision += 1) {
    const candidate = Number(value.toPrecision(precision));
    if (Math.fround(candidate) === value) return String(candidate);
  }
  return String(Number(value.toPrecision(9)));
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
