/** The parameters of a request, from its URL and from a form in its body, read as Go's net/http reads them. */
import { unescape as decode } from 'node:querystring';
import { ApiError } from './api-error.ts';

export class Form {
  readonly #values = new Map<string, string[]>();
  /** Why a part of it could not be read; that part is left out. */
  #problem: string | undefined;

  /** What stands in the body comes before what stands in the URL. */
  constructor(...encoded: readonly string[]) {
    for (const text of encoded) this.#read(text);
  }

  /** The first value, or nothing: Go knows no difference between empty and absent. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** For those endpoints that insist that all of it can be read. */
  check(): void {
    if (this.#problem !== undefined) throw new ApiError('bad_data', `error parsing form values: ${this.#problem}`);
  }

  #read(text: string): void {
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const problem = problemOf(pair);
      if (problem !== undefined) {
        this.#problem ??= problem;
        continue;
      }
      const at = pair.indexOf('=');
      const [name, value] = (at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]).map(decoded);
      const values = this.#values.get(name ?? '');
      if (values === undefined) this.#values.set(name ?? '', [value ?? '']);
      else values.push(value ?? '');
    }
  }
}

function problemOf(pair: string): string | undefined {
  if (pair.includes(';')) return 'invalid semicolon separator in query';
  const at = pair.search(/%(?![0-9a-fA-F]{2})/);
  return at < 0 ? undefined : `invalid URL escape ${JSON.stringify(pair.slice(at, at + 3))}`;
}

function decoded(text: string): string {
  return decode(text.replaceAll('+', ' '));
}
