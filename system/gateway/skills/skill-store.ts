/** The runtime's last word about its skills, kept over restarts. */
import { ProblemError } from '../../layer/problem.ts';
import { type SkillEntry, skillEntry } from '../../layer/wire.ts';
import type { Page } from '../paging.ts';
import type { Storage } from '../storage.ts';
import type { SkillRecords } from './skill-records.ts';

export class SkillStore {
  readonly #storage: Storage;
  readonly #records: SkillRecords;
  readonly #skills = new Map<string, SkillEntry>();

  constructor(storage: Storage, records: SkillRecords) {
    this.#storage = storage;
    this.#records = records;
    const rows = storage.db.prepare('SELECT entry FROM skill ORDER BY position').all();
    // Parsed anew: an older version of the gateway stored fewer members.
    this.#remember(rows.map((row) => skillEntry.parse(JSON.parse(String(row.entry)))));
  }

  list(): SkillEntry[] {
    return [...this.#skills.values()];
  }

  /** In the order of names, so that pages stand still while skills come and go. `after` is the last name of the page before. */
  page(limit: number, after = ''): Page<SkillEntry, string> {
    const rest = this.list()
      .filter(({ name }) => name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const items = rest.slice(0, limit);
    return { items, next: rest.length > limit ? (items.at(-1)?.name ?? null) : null };
  }

  get(name: string): SkillEntry | undefined {
    return this.#skills.get(name);
  }

  /** Throws a problem if there is no such skill or it cannot run. */
  refuseUnrunnable(name: string): void {
    const skill = this.get(name);
    if (skill === undefined) {
      const known = [...this.#skills.keys()];
      const hint =
        known.length === 0 ? 'the runtime has not told its skills yet' : `there are ${known.slice(0, 20).join(', ')}`;
      throw new ProblemError(404, 'OPENCLAW_NO_SKILL', `there is no skill ${name}: ${hint}`);
    }
    // With `stale` set the last good version of the skill runs.
    if (skill.problem !== undefined && skill.stale !== true) {
      throw new ProblemError(409, 'OPENCLAW_SKILL_PROBLEM', `skill ${name} cannot run: ${skill.problem}`);
    }
  }

  replace(skills: readonly SkillEntry[], now = Date.now()): void {
    // The runtime repeats itself; the disk need not.
    if (JSON.stringify(skills) === JSON.stringify(this.list())) return;
    this.#storage.commit(() => {
      this.#storage.db.exec('DELETE FROM skill');
      const insert = this.#storage.db.prepare('INSERT INTO skill (name, position, entry) VALUES (?, ?, ?)');
      for (const [position, skill] of skills.entries()) insert.run(skill.name, position, JSON.stringify(skill));
      for (const { name } of skills) this.#records.know(name, now);
    });
    this.#remember(skills);
  }

  #remember(skills: readonly SkillEntry[]): void {
    this.#skills.clear();
    for (const skill of skills) this.#skills.set(skill.name, skill);
  }
}
