/** Replaces a file so that a reader, or a crash at any moment, finds the old content or the new, never a part. */
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

let written = 0;

/** Durable when it resolves. The folder must exist. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  written += 1;
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${written}.tmp`);
  try {
    await writeThrough(temporary, data);
    await rename(temporary, path);
  } catch (error) {
    // A disk that takes no writes may not let it go either: the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

async function writeThrough(path: string, data: string | Uint8Array): Promise<void> {
  await using file = await open(path, 'w');
  await file.writeFile(data);
  await file.sync();
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
