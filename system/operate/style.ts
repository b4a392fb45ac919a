/** Colour for terminals: none where the output is no terminal, or `NO_COLOR` is set. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
export type Style = (format: Format, text: string) => string;

export function styleFor(stream: NodeJS.WriteStream): Style {
  return (format, text) => styleText(format, text, { stream });
}

/** Leaves every text as it is. */
export const plain: Style = (_format, text) => text;
