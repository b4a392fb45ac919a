/**
 * A skill's status as one line, `key=value,key=value`, so that `cut`, `grep` and people can read it.
 * In values, `%`, `,`, `=` and control characters (line ends among them) are percent-encoded as in URLs: `a,b` is `a%2Cb`.
 */
export type StatusFields = Readonly<Record<string, string>>;

const keyPattern = /^[a-z][a-z0-9_]{0,63}$/;
const maxValueLength = 512;

export function formatStatus(fields: StatusFields): string {
  return `${Object.entries(fields)
    .map(([key, value]) => `${key}=${escapeValue(value)}`)
    .join(',')}\n`;
}

export function parseStatus(line: string): Record<string, string> {
  const pairs = line
    .replace(/\r?\n$/, '') // the line's end only: a value may end in spaces
    .split(',')
    .map((part) => part.split('=', 2))
    .filter(([key, value]) => key !== undefined && keyPattern.test(key) && value !== undefined);
  return Object.fromEntries(pairs.map(([key, value]) => [key, unescapeValue(value ?? '')]));
}

/** What a skill wrote to `$OPENCLAW_STATUS`: `key=value` lines, at most 20; others are left out. Values are not escaped in there. */
export function parseOwnKeys(text: string): Record<string, string> {
  const own: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    const key = line.slice(0, Math.max(0, at)).trim();
    if (!keyPattern.test(key) || Object.keys(own).length >= 20) continue;
    own[key] = line.slice(at + 1).slice(0, maxValueLength);
  }
  return own;
}

function escapeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get into the line.
  return value.replace(/[%,=\u0000-\u001f\u007f\u0085\u2028\u2029]/g, encodeURIComponent);
}

function unescapeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
