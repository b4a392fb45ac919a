/** Tokens on disk: one a file, readable by its owner only, made on first use so that of several layers starting at once all get the same. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './errors.ts';
import { quarantine } from './quarantine.ts';

/** What a token may look like, wherever it comes from. */
export const tokenPattern = /^[!-~]{1,4096}$/;

/** Undefined if there is no such file, or no token in it. */
export function readToken(file: string): string | undefined {
  try {
    const { mode, size } = statSync(file);
    if (size > 8192) return undefined;
    if ((mode & 0o077) !== 0) closeToOthers(file);
    const text = readFileSync(file, 'utf8').trim();
    return tokenPattern.test(text) ? text : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') return undefined;
    throw error;
  }
}

/** The file's token. A file without one is put aside, and a token is made: durable, and appearing whole or not at all. */
export function readOrMakeToken(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    const found = readToken(file);
    if (found !== undefined) return found;
    if (!make(file)) putAside(file);
  }
}

/** False if the file exists: link(2) never replaces one. */
function make(file: string): boolean {
  const whole = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeThrough(whole, `${randomBytes(32).toString('base64url')}\n`);
    linkSync(whole, file);
    syncFolder(dirname(file));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return readToken(file) !== undefined;
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Two layers may do this at once, and the later one take away what the earlier has made: a token found in it is put back. */
function putAside(file: string): void {
  try {
    const { movedTo } = quarantine(file, 'no token is in it: one line of printable characters');
    if (readToken(movedTo) === undefined) return;
    linkSync(movedTo, file);
    for (const kept of [movedTo, `${movedTo}.reason`]) rmSync(kept, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error;
  }
}

function writeThrough(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function closeToOthers(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Somebody else's file (a secret mounted into a container): its mode is their business.
  }
}
