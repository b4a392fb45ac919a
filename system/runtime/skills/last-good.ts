/** The last good version of each SKILL.md, kept in a folder of the runtime's own, so that a bad edit does not end a skill at the next restart. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../layer/atomic-file.ts';

/** Best effort, in the background: without room on the disk a skill runs all the same, only its copy is not kept. */
export class LastGood {
  readonly #folder: string;
  readonly #texts = new Map<string, string>();
  #work: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(name: string): Promise<string | undefined> {
    return this.#texts.get(name) ?? (await readFile(this.#path(name), 'utf8').catch(() => undefined));
  }

  keep(name: string, text: string): void {
    this.#texts.set(name, text);
    this.#later(async () => {
      const kept = await readFile(this.#path(name), 'utf8').catch(() => undefined);
      if (kept === text) return;
      await mkdir(this.#folder, { recursive: true });
      await writeFileAtomic(this.#path(name), text);
    });
  }

  /** Forgets all skills but these. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#texts.keys()) if (!names.has(name)) this.#texts.delete(name);
    this.#later(async () => {
      const kept = await readdir(this.#folder).catch(() => []);
      for (const file of kept) if (!names.has(file.replace(/\.md$/, ''))) await rm(join(this.#folder, file));
    });
  }

  /** Resolves when what was to be kept is on the disk, or cannot be. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #later(task: () => Promise<void>): void {
    // What is in memory serves until the process ends.
    this.#work = this.#work.then(task).catch(() => undefined);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.md`);
  }
}
