/** A folder of skills of the test's own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SkillLoader } from './skill-loader.ts';

export function skillText(name: string, lines: readonly string[] = ['schedule: "every: 1s"']): string {
  const ours = ['command: "true"', ...lines].map((line) => `    ${line}\n`).join('');
  return `---\nname: ${name}\ndescription: A test skill.\nmetadata:\n  openclaw:\n${ours}---\n`;
}

export class SkillFolder implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'openclaw-skills-'));
  readonly path = join(this.root, 'skills');
  elapsedMs = 0;

  constructor() {
    mkdirSync(this.path);
  }

  /** As one runtime after the other has it. */
  loader(schedules?: Readonly<Record<string, string>>): SkillLoader {
    return new SkillLoader({
      folder: this.path,
      lastGoodFolder: join(this.root, 'state'),
      path: process.env.PATH ?? '',
      schedules,
      elapsed: () => this.elapsedMs,
    });
  }

  write(name: string, text = skillText(name)): void {
    mkdirSync(join(this.path, name), { recursive: true });
    writeFileSync(join(this.path, name, 'SKILL.md'), text);
  }

  remove(path: string): void {
    rmSync(join(this.path, path), { recursive: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
