/** The colour functions that picocolors gives: each leaves text as it is where colour is not wanted. */
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colour is for terminals; `NO_COLOR` and `FORCE_COLOR` overrule that, the former first. */
export function colorsFor(stream: { readonly isTTY?: boolean }, env: Readonly<NodeJS.ProcessEnv>): Colors {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = env;
  if (no) return pc.createColors(false);
  if (force !== undefined && force !== '0' && force !== 'false') return pc.createColors(true);
  return pc.createColors(stream.isTTY === true && term !== 'dumb');
}
