/** Folds the history of the slot's day into one memory file. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { leaveEffect } from './effect.mjs';

const maxFiles = 1000;
const maxEntryLength = 20_000;

const startedAt = Date.now();
const home = process.env.OPENCLAW_HOME ?? '';
const day = new Date(Number(process.env.OPENCLAW_SLOT) || startedAt).toISOString().slice(0, 10);

const entries = readHistory(join(home, 'history', day));
const sections = entries.map(({ name, text }) => `## ${name}\n\n${text.trim()}\n`);
mkdirSync(join(home, 'memory'), { recursive: true });
replaceFile(
  join(home, 'memory', `${day}.md`),
  [`# ${day}\n`, ...(sections.length > 0 ? sections : ['Nothing was recorded.\n'])].join('\n'),
);
tellStatus(`day=${day}\nentries=${entries.length}\nlast_run=${new Date(startedAt).toISOString()}\n`);
leaveEffect(startedAt);

function readHistory(folder) {
  let names = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return names
    .filter((name) => name.endsWith('.md') && !name.startsWith('.'))
    .sort()
    .slice(0, maxFiles)
    .map((name) => ({
      name: name.slice(0, -3),
      text: readFileSync(join(folder, name), 'utf8').slice(0, maxEntryLength),
    }));
}

/** A reader, or a crash, finds the old memory or the new one. */
function replaceFile(path, text) {
  const unfinished = `${path}.${process.pid}.tmp`;
  const file = openSync(unfinished, 'w');
  writeFileSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}

/** It is news, not work: a full disk must not make the run fail. */
function tellStatus(text) {
  try {
    writeFileSync(process.env.OPENCLAW_STATUS ?? '/dev/null', text);
  } catch {}
}
