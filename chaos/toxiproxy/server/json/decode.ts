/** Takes typed fields out of parsed JSON by the rules of Go's decoder: keys in any case, unknown ones ignored, null leaves what is there, the first wrong type is told. */
import { JsonError, type JsonValue } from './parse.ts';

type Fields = Readonly<Record<string, (value: JsonValue) => void>>;

export class Decoder {
  #problem: JsonError | undefined;

  /** Gives each known member to its setter, in the order of the body. `target` is what the original calls the thing, for the message. */
  object(value: JsonValue, target: string, fields: Fields): void {
    if (value.kind === 'null') return;
    if (value.kind !== 'object') {
      this.#refuse(value, target);
      return;
    }
    for (const [key, member] of value.members) {
      const name = folded(key);
      if (Object.hasOwn(fields, name)) fields[name]?.(member);
    }
  }

  array(value: JsonValue, target: string): readonly JsonValue[] {
    if (value.kind === 'array') return value.items;
    if (value.kind !== 'null') this.#refuse(value, target);
    return [];
  }

  string(value: JsonValue, field: string, current: string): string {
    if (value.kind === 'string') return value.value;
    if (value.kind !== 'null') this.#refuse(value, fieldOf(field, 'string'));
    return current;
  }

  bool(value: JsonValue, field: string, current: boolean): boolean {
    if (value.kind === 'bool') return value.value;
    if (value.kind !== 'null') this.#refuse(value, fieldOf(field, 'bool'));
    return current;
  }

  float32(value: JsonValue, field: string, current: number): number {
    if (value.kind === 'null') return current;
    const target = fieldOf(field, 'float32');
    if (value.kind !== 'number') return this.#refuse(value, target) ?? current;
    const number = Math.fround(Number(value.text));
    if (Number.isFinite(number)) return number;
    return this.#refuse(value, target, value.text) ?? current;
  }

  /** A whole number without fraction or exponent. Beyond ±(2^53 - 1) it is refused too: a number here could not hold it. */
  integer(value: JsonValue, field: string, goType: string, current: number): number {
    if (value.kind === 'null') return current;
    const target = fieldOf(field, goType);
    if (value.kind !== 'number') return this.#refuse(value, target) ?? current;
    const number = /^-?[0-9]+$/.test(value.text) ? Number(value.text) : Number.NaN;
    if (!Number.isSafeInteger(number)) return this.#refuse(value, target, value.text) ?? current;
    return number === 0 ? 0 : number;
  }

  /** Throws the first problem met. */
  finish(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }

  #refuse(value: JsonValue, target: string, number?: string): undefined {
    const given = number === undefined ? value.kind : `number ${number}`;
    this.#problem ??= new JsonError(`json: cannot unmarshal ${given} into Go ${target}`, value.at);
  }
}

function fieldOf(field: string, goType: string): string {
  return `struct field ${field} of type ${goType}`;
}

/** Simple case folding, as far as ASCII names can be met by it. */
function folded(key: string): string {
  return key
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
