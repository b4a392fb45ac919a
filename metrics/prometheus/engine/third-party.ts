/** A step of build.sh: writes the licences of all that is linked into the module, each text once, with those it is the licence of. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [vendor = '', goRoot = '', ...modules] = process.argv.slice(2);
const owners = new Map<string, string[]>();

function note(owner: string, folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^(licen[cs]e|notice)/i.test(name)) : [];
  if (!files.some((name) => /^licen/i.test(name))) throw new Error(`${owner}: no licence in ${folder}`);
  for (const file of files.toSorted()) {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
    owners.set(text, [...(owners.get(text) ?? []), `${owner} (${file})`]);
  }
}

note('The Go standard library and runtime', goRoot);
for (const module of modules) {
  const [path = ''] = module.split('@');
  note(module, join(vendor, path));
}

const rule = '='.repeat(100);
const sections = [...owners].map(([text, names]) => `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`);
const target = fileURLToPath(new URL('promql.wasm.licenses.txt', import.meta.url));
writeFileSync(target, `Licences and notices of what is linked into promql.wasm.\n\n${sections.join('\n')}`);
console.log(`licences of ${modules.length} modules and Go`);
