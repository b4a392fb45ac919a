/** Writes the dashboards' JSON, which Grafana reads: `npm run generate`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from './dashboards.ts';

const folder = join(import.meta.dirname, 'dashboards');

/** Name of each file → its text. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(dashboards).map(([name, dashboard]) => [`${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
  );
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(generatedFiles())) writeFileSync(join(folder, name), text);
}
