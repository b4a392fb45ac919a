/** What kind of trouble an error of SQLite is, by its result code (https://sqlite.org/rescode.html). */

const full = 13;
const ioError = 10;
const readOnly = 8;
const cannotOpen = 14;
const corrupt = 11;
const notADatabase = 26;
/** Extended codes: reads that failed say nothing about room for writes. */
const shortRead = ioError | (2 << 8);
const corruptRead = ioError | (33 << 8);

/** The file is not, or is no longer, what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return false;
  return code === shortRead || code === corruptRead || [corrupt, notADatabase].includes(code & 0xff);
}

/** The disk takes no writes now: full, read-only, or failing. */
export function isOutOfDisk(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !isDamage(error) && [full, ioError, readOnly, cannotOpen].includes(code & 0xff);
}

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code : undefined;
}
