/** A problem of a file that somebody wrote: where, what, and what to do about it. All of them are collected before anything is said. */
import { InvalidInput } from '../errors.ts';

export interface Problem {
  /** As the user would type it; `''` if it is not about a file. */
  readonly file: string;
  /** `timeline[0].fault.links[1]`; `''` for the whole file. */
  readonly field: string;
  readonly problem: string;
  readonly mend: string;
}

export function problemLine({ file, field, problem, mend }: Problem): string {
  const where = [file, field].filter((part) => part !== '').join(': ');
  return `${where === '' ? '' : `${where}: `}${problem}; ${mend}`;
}

/** One error for all problems of all files. */
export class BadInput extends InvalidInput {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('CHAOS_BAD_INPUT', problems.map(problemLine).join('\n'));
    this.problems = problems;
  }
}

/** `['timeline', 0, 'fault']` → `timeline[0].fault`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, part) => {
    if (typeof part === 'number') return `${written}[${part}]`;
    const name = String(part);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${written}[${JSON.stringify(name)}]`;
    return written === '' ? name : `${written}.${name}`;
  }, '');
}
