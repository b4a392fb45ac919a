/** The label name in a path: percent-encoded, and perhaps escaped (`U__…`) as Prometheus writes names that are not plain ASCII. */
import { ApiError } from './api-error.ts';

/** @throws {ApiError} if it is no UTF-8. */
export function labelNameOf(part: string): string {
  const name = decoded(part);
  return name.startsWith('U__') ? unescaped(name) : name;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError('bad_data', `invalid label name: "${part.replaceAll('%', '\\x').toLowerCase()}"`);
  }
}

/** `__` is `_`, `_20_` is a space; the whole name stays as it is where something else follows a `_`. */
function unescaped(name: string): string {
  const body = name.slice('U__'.length);
  if (!/^(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/.test(body)) return name;
  return body.replace(/__|_([0-9a-fA-F]{1,6})_/g, (_all, hex?: string) => {
    const code = hex === undefined ? 0x5f : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
