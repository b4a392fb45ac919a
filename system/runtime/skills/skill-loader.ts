/** Reads the skills of a home again and again: only files that changed, and what was good goes on until its file is known to be bad or gone. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LastGood } from './last-good.ts';
import type { Skill } from './skill.ts';
import { type SkillSet, skillNames } from './skill-folder.ts';
import { firstLineOf } from './skill-problem.ts';
import {
  fingerprintOf,
  missing,
  readSkill,
  readSkillText,
  type SkillSource,
  type SourceOptions,
} from './skill-source.ts';

export interface SkillLoaderOptions extends SourceOptions {
  /** Holds a folder for each skill. */
  readonly folder: string;
  /** Where the last good version of each SKILL.md is kept. */
  readonly lastGoodFolder: string;
  /** Monotonic, in ms. */
  readonly elapsed?: () => number;
}

interface Good {
  readonly skill: Skill;
  readonly text: string;
  /** Another one for each other text. */
  readonly version: number;
}

/** What is known of one skill. */
interface Known {
  /** Of the file when it was read. */
  readonly fingerprint: string;
  readonly source: SkillSource;
  /** Read twice with the same result: what is being written can look finished once. */
  readonly confirmed: boolean;
  /** The latest that could run. */
  readonly good: Good | undefined;
  /** Since when the file is missing. */
  readonly missingSince?: number;
}

const maxSkills = 1000;
/** Editors remove a file and put the new one in its place. */
const removalMs = 500;

export class SkillLoader {
  readonly #options: SkillLoaderOptions;
  readonly #elapsed: () => number;
  readonly #lastGood: LastGood;
  #known: ReadonlyMap<string, Known> = new Map();
  #folderNames: readonly string[] = [];
  #unsettled = false;
  #versions = 0;

  constructor(options: SkillLoaderOptions) {
    this.#options = options;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#lastGood = new LastGood(options.lastGoodFolder);
  }

  /** True: something was found in the middle of a change, and is to be looked at again soon. */
  get unsettled(): boolean {
    return this.#unsettled;
  }

  /** Resolves when the last good versions are kept, so that the next runtime finds them. */
  settled(): Promise<void> {
    return this.#lastGood.settled();
  }

  /** What there is now. A folder that cannot be listed leaves everything as it was. */
  async load(): Promise<SkillSet> {
    try {
      this.#folderNames = await skillNames(this.#options.folder);
    } catch (error) {
      return this.#skillSet(`the skills cannot be listed: ${firstLineOf(error)}`);
    }
    await this.#look(this.#folderNames.slice(0, maxSkills));
    return this.#skillSet(null);
  }

  async #look(names: readonly string[]): Promise<void> {
    this.#unsettled = false;
    const before = this.#known;
    const known = new Map<string, Known>();
    const fingerprints = await Promise.all(names.map((name) => fingerprintOf(join(this.#options.folder, name))));
    for (const [index, name] of names.entries()) {
      known.set(name, await this.#lookAt(name, fingerprints[index] ?? missing, before.get(name)));
    }
    for (const [name, gone] of before) {
      const kept = known.has(name) ? undefined : this.#whileMissing(gone);
      if (kept !== undefined) known.set(name, kept);
    }
    this.#known = known;
    const isOther = before.size === 0 || [...before.keys()].some((name) => !known.has(name));
    if (isOther) this.#lastGood.keepOnly(new Set(known.keys()));
  }

  async #lookAt(name: string, seen: string, before: Known | undefined): Promise<Known> {
    const kept = seen === missing ? this.#whileMissing(before) : undefined;
    if (kept !== undefined) return kept;
    if (before?.fingerprint === seen && before.confirmed && !before.source.lacksProgram) return stillThere(before);
    const source = await readSkill(join(this.#options.folder, name), name, this.#options);
    const confirmed = before?.fingerprint === seen && before.source.text === source.text;
    this.#unsettled ||= !confirmed;
    const good = seen === missing ? undefined : await this.#latestGood(name, source, before?.good);
    return { fingerprint: seen, source, confirmed, good };
  }

  async #latestGood(name: string, source: SkillSource, before: Good | undefined): Promise<Good | undefined> {
    const { skill, text } = source;
    if ('problem' in skill || text === null) return before ?? (await this.#keptVersion(name));
    if (before?.text === text) return before;
    this.#lastGood.keep(name, text);
    return this.#good(skill, text);
  }

  #good(skill: Skill, text: string): Good {
    this.#versions += 1;
    return { skill, text, version: this.#versions };
  }

  /** As it was, for the moment; undefined: it is gone. */
  #whileMissing(before: Known | undefined): Known | undefined {
    if (before?.good === undefined) return undefined;
    const missingSince = before.missingSince ?? this.#elapsed();
    if (this.#elapsed() - missingSince >= removalMs) return undefined;
    this.#unsettled = true;
    return { ...before, missingSince };
  }

  /** What an earlier runtime has kept, if it can still run. */
  async #keptVersion(name: string): Promise<Good | undefined> {
    const text = await this.#lastGood.get(name);
    if (text === undefined) return undefined;
    const { skill } = readSkillText(join(this.#options.folder, name), name, text, this.#options);
    return 'problem' in skill ? undefined : this.#good(skill, text);
  }

  #skillSet(folderProblem: string | null): SkillSet {
    const skills = new Map<string, Skill>();
    const problems = this.#problemsOfFolders();
    const stale = new Set<string>();
    for (const [name, { good, source, confirmed }] of this.#known) {
      if (good !== undefined) skills.set(name, good.skill);
      if (!('problem' in source.skill) || (good !== undefined && !confirmed)) continue;
      problems.set(name, source.skill.problem);
      if (good !== undefined) stale.add(name);
    }
    const versions = [...this.#known.values()].map(({ good }) => good?.version ?? 0);
    const shown = JSON.stringify([versions, [...skills.keys()], [...problems], [...stale], folderProblem]);
    const fingerprint = createHash('sha256').update(shown).digest('base64url');
    return { skills, problems, stale, folderProblem, fingerprint };
  }

  #problemsOfFolders(): Map<string, string> {
    const { folder, schedules = {} } = this.#options;
    const names = this.#folderNames;
    const beyond = `is beyond the first ${maxSkills} skills: remove some`;
    const nowhere = Object.keys(schedules).filter((name) => !names.includes(name));
    return new Map([
      ...names.slice(maxSkills).map((name) => [name, beyond] as const),
      ...nowhere.map(
        (name) => [name, `OPENCLAW_SCHEDULES names it, but there is no folder ${join(folder, name)}`] as const,
      ),
    ]);
  }
}

function stillThere({ missingSince: _, ...known }: Known): Known {
  return known;
}
