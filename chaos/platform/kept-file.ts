/** Replaces a file in a node's home by another one, and puts it back byte for byte, with its mode and its owner. */
import { chown, copyFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** Atomically: whoever reads it meanwhile finds the one or the other. `backup` is written first, on the same file system. */
export async function replaceKeeping(file: string, text: string, backup: string): Promise<void> {
  await copyWithOwner(file, `${backup}.new`);
  await rename(`${backup}.new`, backup);
  const replacement = `${backup}.replacement`;
  await copyWithOwner(file, replacement);
  await writeFile(replacement, text);
  await rename(replacement, file);
}

/** Repeating it is harmless: without a backup there is nothing to put back. */
export async function putBack(backup: string, file: string): Promise<void> {
  const copy = `${backup}.copy`;
  try {
    await copyWithOwner(backup, copy);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rename(copy, file);
  await rm(backup);
}

/** A copy has the mode of what it is made of. Only root may give it to somebody else, and only root would not be its owner to begin with. */
async function copyWithOwner(from: string, to: string): Promise<void> {
  const { uid, gid } = await stat(from);
  await copyFile(from, to);
  if (process.getuid?.() === 0) await chown(to, uid, gid);
}
