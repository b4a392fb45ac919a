/** Collects the problems of one file while it is looked at, part by part, so that one bad part does not hide another. */
import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { fieldPath, type Problem } from './problem.ts';

type Path = readonly PropertyKey[];

export class InputProblems {
  readonly found: Problem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  add(path: Path, problem: string, mend: string): void {
    this.found.push({ file: this.#file, field: fieldPath(path), problem, mend });
  }

  /** Has this field a problem already? */
  has(path: Path): boolean {
    return this.found.some(({ field }) => field === fieldPath(path));
  }

  /** The value as the schema says, or undefined with its problems added. `known`: names of fields to choose from. */
  parse<T>(schema: z.ZodType<T>, value: unknown, path: Path, known: readonly string[] = []): T | undefined {
    const parsed = schema.safeParse(value, { reportInput: true });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) this.#addIssue(issue, path, known);
    return undefined;
  }

  #addIssue(issue: z.core.$ZodIssue, path: Path, known: readonly string[]): void {
    const at = [...path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) this.add([...at, key], 'unknown field', didYouMean(key, known));
      return;
    }
    if (issue.code === 'invalid_value' && issue.values.length > 1) {
      const names = issue.values.map(String);
      const given = typeof issue.input === 'string' ? issue.input : '';
      this.add(at, `${shown(issue.input)} is none of them`, didYouMean(given, names));
      return;
    }
    this.add(at, issue.input === undefined ? 'missing' : `${shown(issue.input)} won't do`, mendOf(issue));
  }
}

function mendOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `give ${article(issue.expected)}`;
  if (issue.code === 'too_small')
    return `give ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${of(issue.origin)}`;
  if (issue.code === 'too_big')
    return `give ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${of(issue.origin)}`;
  if (issue.code === 'invalid_value') return `give ${shown(issue.values[0])}`;
  return issue.message;
}

function of(origin: string): string {
  if (origin === 'string') return ' character(s)';
  return origin === 'array' || origin === 'record' ? ' element(s)' : '';
}

export function article(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'record') return 'an object';
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

export function shown(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
