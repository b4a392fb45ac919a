/** Cuts a line to the width of a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** Colour is lost where a line has to be cut: better than to cut a colour's end off. */
export function clip(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}
