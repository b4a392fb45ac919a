/** A file that is there to be deleted: when the disk is full, its room lets the ledger write on while somebody clears up. */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const bytes = 2 * 1024 * 1024;
/** Not on a disk that is small or nearly full. */
const whenFreeBytes = 64 * 1024 * 1024;

export class Ballast {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Where there is room enough and none yet. Best effort. */
  load(): void {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      if (existsSync(this.#path) || bavail * bsize < whenFreeBytes) return;
      const file = openSync(this.#path, 'wx', 0o600);
      writeSync(file, Buffer.alloc(bytes, 'ballast '));
      fsyncSync(file);
      closeSync(file);
    } catch {
      rmSync(this.#path, { force: true });
    }
  }

  /** True if that made room. */
  drop(): boolean {
    if (!existsSync(this.#path)) return false;
    try {
      rmSync(this.#path);
      return true;
    } catch {
      return false;
    }
  }
}
