/** Posts queued drafts, each once, to a local log that stands in for the outside service. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leaveEffect } from './effect.mjs';

const account = 'en';
const maxPostsARun = 10;
const maxCaptionLength = 2200;

const startedAt = Date.now();
const folder = join(process.env.OPENCLAW_HOME ?? '', 'tiktok');
const log = join(folder, 'posts.ndjson');
for (const name of ['drafts', 'posted']) mkdirSync(join(folder, name), { recursive: true });

const posted = readPosted();
const drafts = readdirSync(join(folder, 'drafts')).filter((name) => name.endsWith('.md') && !name.startsWith('.'));
for (const draft of drafts.sort().slice(0, maxPostsARun)) {
  const path = join(folder, 'drafts', draft);
  // Posted before, if an attempt was cut off between the two steps.
  if (!posted.has(draft)) post(draft, readFileSync(path, 'utf8'));
  renameSync(path, join(folder, 'posted', draft));
}
tellStatus(`posts=${posted.size}\naccount=${account}\nlast_run=${new Date(startedAt).toISOString()}\n`);
leaveEffect(startedAt);

function post(draft, text) {
  const line = { draft, account, at: new Date().toISOString(), caption: text.trim().slice(0, maxCaptionLength) };
  // The line end first: it closes a line that a crash tore off.
  appendFileSync(log, `\n${JSON.stringify(line)}`, { flush: true });
  posted.add(draft);
}

function readPosted() {
  let text = '';
  try {
    text = readFileSync(log, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return new Set(text.split('\n').flatMap((line) => draftOf(line) ?? []));
}

function draftOf(line) {
  try {
    return JSON.parse(line).draft;
  } catch {
    return undefined;
  }
}

/** It is news, not work: a full disk must not make the run fail. */
function tellStatus(text) {
  try {
    writeFileSync(process.env.OPENCLAW_STATUS ?? '/dev/null', text);
  } catch {}
}
