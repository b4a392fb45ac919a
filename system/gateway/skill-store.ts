/** The runtime's last word about its skills, kept over restarts. */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../layer/database.ts';
import type { SkillEntry } from '../layer/wire.ts';

export class SkillStore {
  readonly #db: DatabaseSync;
  readonly #skills = new Map<string, SkillEntry>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    const rows = db.prepare('SELECT entry FROM skill ORDER BY position').all();
    this.#remember(rows.map((row) => JSON.parse(String(row.entry)) as SkillEntry));
  }

  list(): SkillEntry[] {
    return [...this.#skills.values()];
  }

  get(name: string): SkillEntry | undefined {
    return this.#skills.get(name);
  }

  replace(skills: readonly SkillEntry[]): void {
    // The runtime repeats itself; the disk need not.
    if (JSON.stringify(skills) === JSON.stringify(this.list())) return;
    transaction(this.#db, () => {
      this.#db.exec('DELETE FROM skill');
      const insert = this.#db.prepare('INSERT INTO skill (name, position, entry) VALUES (?, ?, ?)');
      for (const [position, skill] of skills.entries()) insert.run(skill.name, position, JSON.stringify(skill));
    });
    this.#remember(skills);
  }

  #remember(skills: readonly SkillEntry[]): void {
    this.#skills.clear();
    for (const skill of skills) this.#skills.set(skill.name, skill);
  }
}
