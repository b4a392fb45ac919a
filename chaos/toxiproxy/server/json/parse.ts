/** Reads the first JSON value of a body and ignores what follows it. What is wrong is worded as by Go's decoder, which the original uses: clients see it. */

/** `at`: offset in bytes. Numbers stay text, for the original tells `1e2` from `100`; members keep their order, and doubles. */
export type JsonValue = { readonly at: number } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: JsonValue])[] }
);

/** The body is no JSON, or not of the type wanted. `at`: offset in bytes. */
export class JsonError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'JsonError';
    this.at = at;
  }
}

/** Far less than the original's 10 000, so that recursion can do it. */
export const maxDepth = 1000;

const literals = { t: 'true', f: 'false', n: 'null' } as const;
const space = /[ \t\r\n]*/y;
const digits = /[0-9]*/y;

export function parseFirstJson(body: Buffer): JsonValue {
  return new Reader(body.toString('latin1')).first();
}

class Reader {
  /** One character a byte. */
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  first(): JsonValue {
    this.#skip(space);
    if (this.#at === this.#text.length) throw new JsonError('EOF', this.#at);
    return this.#value();
  }

  #value(): JsonValue {
    this.#skip(space);
    const at = this.#at;
    const char = this.#text[at];
    switch (char) {
      case '{':
        return { at, kind: 'object', members: this.#nested(() => this.#members()) };
      case '[':
        return { at, kind: 'array', items: this.#nested(() => this.#items()) };
      case '"':
        return { at, kind: 'string', value: this.#string() };
      case 't':
      case 'f':
        return { at, kind: 'bool', value: this.#literal(literals[char]) === 'true' };
      case 'n':
        this.#literal(literals.n);
        return { at, kind: 'null' };
      default:
        if (char === '-' || isDigit(char)) return { at, kind: 'number', text: this.#number() };
        return this.#fail('looking for beginning of value');
    }
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail('exceeded max depth');
    this.#at += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #members(): (readonly [string, JsonValue])[] {
    const members: (readonly [string, JsonValue])[] = [];
    if (this.#took('}')) return members;
    do {
      if (this.#peek() !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      if (!this.#took(':')) this.#fail('after object key');
      members.push([key, this.#value()]);
    } while (this.#took(','));
    if (!this.#took('}')) this.#fail('after object key:value pair');
    return members;
  }

  #items(): JsonValue[] {
    const items: JsonValue[] = [];
    if (this.#took(']')) return items;
    do items.push(this.#value());
    while (this.#took(','));
    if (!this.#took(']')) this.#fail('after array element');
    return items;
  }

  #literal(word: string): string {
    for (const [index, expected] of [...word].entries()) {
      if (this.#text[this.#at] !== expected) this.#fail(`in literal ${word} (expecting '${word[index]}')`);
      this.#at += 1;
    }
    return word;
  }

  #number(): string {
    const start = this.#at;
    if (this.#text[this.#at] === '-') this.#at += 1;
    if (this.#text[this.#at] === '0') this.#at += 1;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at += 1;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at += 1;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at += 1;
      this.#digits('in exponent of numeric literal');
    }
    return this.#text.slice(start, this.#at);
  }

  #digits(context: string): void {
    if (!isDigit(this.#text[this.#at])) this.#fail(context);
    this.#skip(digits);
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (let char = this.#text[this.#at]; char !== '"'; char = this.#text[this.#at]) {
      if (char === '\\') this.#escape();
      else if (char === undefined || char < ' ') this.#fail('in string literal');
      else this.#at += 1;
    }
    this.#at += 1;
    // Halves of surrogate pairs become U+FFFD, as in Go.
    const utf8 = Buffer.from(this.#text.slice(start, this.#at), 'latin1').toString();
    return (JSON.parse(utf8) as string).toWellFormed();
  }

  #escape(): void {
    this.#at += 1;
    const char = this.#text[this.#at];
    if (char === undefined || !'bfnrt\\/"u'.includes(char)) this.#fail('in string escape code');
    this.#at += 1;
    if (char !== 'u') return;
    for (const end = this.#at + 4; this.#at < end; this.#at += 1) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
    }
  }

  #peek(): string | undefined {
    this.#skip(space);
    return this.#text[this.#at];
  }

  #took(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }

  #skip(run: RegExp): void {
    run.lastIndex = this.#at;
    run.test(this.#text);
    this.#at = run.lastIndex;
  }

  #fail(context: string): never {
    const char = this.#text[this.#at];
    if (char === undefined) throw new JsonError('unexpected EOF', this.#at);
    throw new JsonError(`invalid character ${quoted(char)} ${context}`, this.#at);
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

const short: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A byte as Go quotes a rune: bytes beyond ASCII are taken for Latin-1. */
function quoted(char: string): string {
  const code = char.charCodeAt(0);
  const hex = code.toString(16);
  const named = short[char];
  if (named !== undefined) return `'${named}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${hex.padStart(2, '0')}'`;
  // C1 controls, the space that does not break and the soft hyphen are not printable.
  if ((code >= 0x80 && code <= 0xa0) || code === 0xad) return `'\\u${hex.padStart(4, '0')}'`;
  return `'${char}'`;
}
