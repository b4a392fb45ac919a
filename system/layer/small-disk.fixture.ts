/** A file system of a test's own, so small that it fills up; needs the right to mount one. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const run = (program: string, ...args: string[]) => execFileSync(`/bin/${program}`, args, { stdio: 'ignore' });

class SmallDisk {
  readonly #path: string;

  /** Throws where nothing can be mounted. */
  constructor(path: string) {
    this.#path = path;
    run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path);
  }

  allowWrites(allowed: boolean): void {
    run('mount', '-o', `remount,${allowed ? 'rw' : 'ro'}`, this.#path);
  }

  fillUp(): void {
    for (const bytes of [4096, 1]) {
      try {
        for (;;) appendFileSync(join(this.#path, 'filling'), Buffer.alloc(bytes));
      } catch {
        // Full.
      }
    }
  }

  makeRoom(): void {
    rmSync(join(this.#path, 'filling'));
  }

  [Symbol.dispose](): void {
    // Lazily: after a failure something may still be open in it.
    run('umount', '-l', this.#path);
  }
}

/** Undefined where nothing can be mounted. */
export function smallDisk(path: string): SmallDisk | undefined {
  try {
    return new SmallDisk(path);
  } catch {
    return undefined;
  }
}
