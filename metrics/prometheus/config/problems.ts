/** Tells a person what is wrong in a configuration: file, line and column, the field, and what would be right. */
import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { fieldsAt } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

/** One line a problem, in the order of the file's fields. */
export function describeProblems(issues: readonly z.core.$ZodIssue[], source: YamlSource): string[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unsupported(issue.path, key, source))
      : [`${source.place(issue.path)}: ${fieldName(issue.path)} ${whatIsWrong(issue)}`],
  );
}

function unsupported(path: readonly PropertyKey[], key: string, source: YamlSource): string {
  const fields = fieldsAt(path);
  const nearest = nearestName(key, fields);
  const mend = nearest === undefined ? `supported: ${fields.join(', ')}` : `did you mean "${nearest}"?`;
  return `${source.placeOfKey(path, key)}: ${fieldName([...path, key])} is not supported; ${mend}`;
}

function whatIsWrong(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing';
    return `must be ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_value' && issue.values.length > 1) return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a map of fields',
  record: 'a map of names',
  array: 'a list',
  string: 'a single value',
};

/** `scrape_configs[0].static_configs`. */
function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the configuration';
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    if (part === '') return `${name}[""]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}
