/** The committed JSON is what the code makes: no file more, no file less. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from './generate.ts';

const folder = join(import.meta.dirname, 'dashboards');

test('committed and generated are the same; mend: npm run generate', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const committed = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  expect(committed).toEqual(generatedFiles());
});
