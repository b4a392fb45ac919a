/** What a request line's target means to the original's router: path unescaped, then cleaned, a path that was not clean answered by a redirect. */
import { normalize } from 'node:path/posix';

export type RequestPath =
  /** Segments are bytes, one character each: what is no UTF-8 must match no name. */
  | { readonly kind: 'path'; readonly segments: readonly string[] }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'malformed' };

/** `target` as node:http gives it: one character a byte. */
export function readRequestPath(target: string): RequestPath {
  const relative = target.replace(/^https?:\/\/[^/?]*/i, '');
  const [raw = '', ...queries] = relative.split('?');
  if (!relative.startsWith('/') && relative === target) return { kind: 'malformed' };
  if (/%(?![0-9a-f]{2})/i.test(raw)) return { kind: 'malformed' };
  const path = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const clean = normalize(`/${path}`);
  if (clean === path) return { kind: 'path', segments: path.slice(1).split('/') };
  const query = queries.length === 0 ? '' : `?${queries.join('?')}`;
  const origin = target.slice(0, target.length - relative.length);
  return { kind: 'redirect', location: `${origin}${escapePath(clean)}${query}` };
}

/** A segment's text; undefined where it is no UTF-8. */
export function textOf(segment: string): string | undefined {
  const text = Buffer.from(segment, 'latin1').toString();
  return Buffer.from(text).toString('latin1') === segment ? text : undefined;
}

function escapePath(path: string): string {
  return path.replace(
    /[^A-Za-z0-9_.~$&+,/:;=@-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
