/** A node's small disks, filled and freed from inside its container: file systems in memory, of a fixed size, that end with it. */
import { join } from 'node:path';
import { ChaosError } from '../../errors.ts';
import type { SmallDisk } from '../../manifest.ts';
import type { Disks, DiskWrite } from '../platform.ts';
import type { Container, Engine } from './engine.ts';
import { ContainerDown, execIn } from './exec.ts';

const timeoutMs = 10_000;
/** While the first stands, the second is made as large as it can be, again and again: what the system gives up is taken too. */
const keeper = '.chaos-keep-full';
const filler = '.chaos-fill';

const fillScript = `
: > "$1/${keeper}"
cat /dev/zero > "$1/${filler}" 2>/dev/null
( while [ -e "$1/${keeper}" ]; do
    cat /dev/zero >> "$1/${filler}" 2>/dev/null
    sleep 0.1
  done
  rm -f "$1/${filler}" ) </dev/null >/dev/null 2>&1 &
`;
/** The keeper removes what it has filled; it could still be at it, so it is given time, and then nothing must be left. */
const freeScript = `
rm -f "$1/${keeper}"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/${filler}" ] || exit 0; sleep 0.3; done
rm -f "$1/${filler}"
`;
const writeScript = `
dd if=/dev/zero of="$1/.chaos-write" bs=4096 count=1 2>&1 || :
rm -f "$1/.chaos-write"
`;
const noSpace = 'No space left on device';

export interface DiskNode {
  readonly container: Container;
  /** Absolute path of its home in the container. */
  readonly home: string;
  readonly disks: readonly SmallDisk[];
}

/** What Docker mounts at each path: owned by the node's user, who is `UID:GID`. */
export function tmpfsOf(home: string, disks: readonly SmallDisk[], user: string): Record<string, string> {
  const [uid, gid] = user.split(':');
  return Object.fromEntries(
    disks.map(({ path, megabytes }) => [join(home, path), `size=${megabytes}m,uid=${uid},gid=${gid},mode=0755`]),
  );
}

export class DockerDisks implements Disks {
  readonly #engine: Engine;
  readonly #nodeOf: (node: string) => DiskNode;

  constructor(engine: Engine, nodeOf: (node: string) => DiskNode) {
    this.#engine = engine;
    this.#nodeOf = nodeOf;
  }

  async fill(node: string): Promise<void> {
    await this.#onEach(node, fillScript);
  }

  async free(node: string): Promise<void> {
    try {
      await this.#onEach(node, freeScript);
    } catch (error) {
      // The container's disks went with it.
      if (!(error instanceof ContainerDown)) throw error;
    }
  }

  async tryWrite(node: string): Promise<readonly DiskWrite[]> {
    const said = await this.#onEach(node, writeScript);
    return said.map(({ path, output }) => {
      const error = output.split('\n').find((line) => line.startsWith('dd: ')) ?? '';
      return { path, error, full: error.includes(noSpace) };
    });
  }

  /** As root: the disks are the node's, and whoever must not be bound by its rights can free them. */
  #onEach(node: string, script: string): Promise<{ readonly path: string; readonly output: string }[]> {
    const { container, home, disks } = this.#nodeOf(node);
    return Promise.all(
      disks.map(async ({ path }) => {
        const argv = ['sh', '-c', script, 'sh', join(home, path)];
        const { exitCode, output } = await execIn(this.#engine, container, {
          argv,
          user: 'root',
          timeoutMs,
          env: { LC_ALL: 'C' },
        });
        if (exitCode === 0) return { path, output };
        throw new ChaosError('CHAOS_DISK', `the disk ${path} of ${node}: ${output.trim() || `exit code ${exitCode}`}`);
      }),
    );
  }
}
