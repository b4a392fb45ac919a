import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SkillFolder, skillText } from './skill-folder.fixture.ts';
import type { SkillSet } from './skill-folder.ts';
import type { SkillLoader } from './skill-loader.ts';

/** What there is once nothing is in the middle of a change any more. */
async function settled(loader: SkillLoader): Promise<SkillSet> {
  await loader.load();
  return loader.load();
}

/** A runtime starts and ends. */
async function live(folder: SkillFolder): Promise<SkillSet> {
  const loader = folder.loader();
  const skills = await loader.load();
  await loader.settled();
  return skills;
}

const bad = '---\nname: beat\n---\n';

describe('the skills of a home', () => {
  it('come, change and go', async () => {
    using folder = new SkillFolder();
    const loader = folder.loader();
    const none = await loader.load();
    expect(none).toMatchObject({ folderProblem: null, skills: new Map() });
    folder.write('beat');
    const first = await settled(loader);
    expect([...first.skills.keys()]).toEqual(['beat']);
    expect((await loader.load()).fingerprint).toBe(first.fingerprint);
    folder.write('beat', skillText('beat', ['timeout: 7s']));
    const changed = await loader.load();
    expect(changed.skills.get('beat')?.timeoutMs).toBe(7000);
    expect(changed.fingerprint).not.toBe(first.fingerprint);
    folder.remove('beat');
    await loader.load();
    folder.elapsedMs += 1000;
    expect([...(await loader.load()).skills.keys()]).toEqual([]);
  });

  it('stay while an editor puts a new file in the place of the old one', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const loader = folder.loader();
    const before = await settled(loader);
    folder.remove('beat/SKILL.md');
    const meanwhile = await loader.load();
    expect(meanwhile.fingerprint).toBe(before.fingerprint);
    expect(loader.unsettled).toBe(true);
    folder.elapsedMs += 400;
    folder.write('beat', skillText('beat', ['timeout: 7s']));
    expect((await loader.load()).skills.get('beat')?.timeoutMs).toBe(7000);
    folder.elapsedMs += 1000;
    expect((await loader.load()).skills.size).toBe(1);
    expect(loader.unsettled).toBe(false);
  });

  it('a folder without a SKILL.md is told of', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const loader = folder.loader();
    await settled(loader);
    folder.remove('beat/SKILL.md');
    await loader.load();
    folder.elapsedMs += 1000;
    const { skills, problems } = await loader.load();
    expect(skills.size).toBe(0);
    expect(problems.get('beat')).toMatch(/SKILL.md cannot be read: ENOENT/);
  });

  it('a file that is half written is read again, and not reported', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const loader = folder.loader();
    await settled(loader);
    folder.write('beat', skillText('beat', ['timeout: 7s']).slice(0, 60));
    const half = await loader.load();
    expect(half).toMatchObject({ problems: new Map(), stale: new Set() });
    expect(half.skills.has('beat') && loader.unsettled).toBe(true);
    folder.write('beat', skillText('beat', ['timeout: 7s']));
    expect((await loader.load()).skills.get('beat')?.timeoutMs).toBe(7000);
  });
});

describe('the last good version', () => {
  it('goes on while the file is bad, and both are said', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const loader = folder.loader();
    const good = await settled(loader);
    folder.write('beat', bad);
    const { skills, problems, stale, fingerprint } = await settled(loader);
    expect(skills.get('beat')).toEqual(good.skills.get('beat'));
    expect(problems.get('beat')).toMatch(/description: is missing/);
    expect([...stale]).toEqual(['beat']);
    expect(fingerprint).not.toBe(good.fingerprint);
    folder.write('beat');
    expect(await settled(loader)).toMatchObject({ problems: new Map(), stale: new Set() });
  });

  it('goes on after a restart', async () => {
    using folder = new SkillFolder();
    folder.write('beat', skillText('beat', ['timeout: 7s']));
    await live(folder);
    folder.write('beat', bad);
    const { skills, stale } = await settled(folder.loader());
    expect(skills.get('beat')?.timeoutMs).toBe(7000);
    expect([...stale]).toEqual(['beat']);
  });

  it('is forgotten with the skill', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    folder.write('other');
    await live(folder);
    folder.remove('beat');
    await live(folder);
    folder.write('beat', bad);
    expect([...(await settled(folder.loader())).skills.keys()]).toEqual(['other']);
  });

  it('is no help if the very same file cannot run any more', async () => {
    using folder = new SkillFolder();
    folder.write('beat', skillText('beat').replace('"true"', '[./run.sh]'));
    writeFileSync(join(folder.path, 'beat/run.sh'), '', { mode: 0o755 });
    expect((await live(folder)).skills.size).toBe(1);
    folder.remove('beat/run.sh');
    const loader = folder.loader();
    const { skills, problems } = await settled(loader);
    expect(skills.size).toBe(0);
    expect(problems.get('beat')).toMatch(/command: there is no program ".\/run.sh"/);
    // Mended elsewhere: nobody touches the SKILL.md.
    writeFileSync(join(folder.path, 'beat/run.sh'), '', { mode: 0o755 });
    expect(await loader.load()).toMatchObject({ problems: new Map() });
  });

  it('is used even if it cannot be kept', async () => {
    using folder = new SkillFolder();
    writeFileSync(join(folder.root, 'state'), 'a file where the folder should be');
    folder.write('beat');
    const loader = folder.loader();
    await settled(loader);
    folder.write('beat', bad);
    expect([...(await settled(loader)).skills.keys()]).toEqual(['beat']);
  });
});

describe('a folder of skills that cannot be listed', () => {
  it('removes nothing, and is told of', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const loader = folder.loader();
    const before = await settled(loader);
    renameSync(folder.path, `${folder.path}.away`);
    folder.elapsedMs += 10_000;
    const meanwhile = await settled(loader);
    expect(meanwhile.folderProblem).toMatch(/the skills cannot be listed: ENOENT/);
    expect([...meanwhile.skills.keys()]).toEqual(['beat']);
    renameSync(`${folder.path}.away`, folder.path);
    expect((await loader.load()).fingerprint).toBe(before.fingerprint);
  });
});

describe('schedules given from outside', () => {
  it('take the place of all in the files; one without a skill is a problem', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    folder.write('other');
    const { skills, problems } = await folder.loader({ beat: 'every: 9s', nobody: 'every: 1s' }).load();
    expect(skills.get('beat')?.schedule?.text).toBe('every: 9s');
    expect(skills.get('other')?.schedule).toBeNull();
    expect(problems.get('nobody')).toMatch(/OPENCLAW_SCHEDULES names it/);
  });
});
