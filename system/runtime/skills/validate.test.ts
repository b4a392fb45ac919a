import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SkillFolder, skillText } from './skill-folder.fixture.ts';
import { validateSkillFolder } from './validate.ts';

const look = (path: string) => validateSkillFolder(path, process.env.PATH ?? '');

describe('validateSkillFolder', () => {
  it('takes a SKILL.md, its folder, or a folder of skills', async () => {
    using folder = new SkillFolder();
    folder.write('beat');
    const file = join(folder.path, 'beat', 'SKILL.md');
    for (const path of [file, join(folder.path, 'beat'), `${folder.path}/beat/`, folder.path])
      expect(await look(path)).toMatchObject([{ name: 'beat', file, problems: [], skill: { name: 'beat' } }]);
  });

  it('names every problem with its line', async () => {
    using folder = new SkillFolder();
    folder.write('beat', skillText('beet', ['timeout: 9d', 'overlap: often']));
    folder.write('other');
    const [beat, other] = await look(folder.path);
    expect(beat?.problems).toMatchObject([
      { key: 'metadata.openclaw.timeout', line: 7 },
      { key: 'metadata.openclaw.overlap', line: 8 },
    ]);
    expect(other?.problems).toEqual([]);
    folder.write('beat', skillText('beet', ['schedule: 61 * * * *']));
    expect((await look(join(folder.path, 'beat')))[0]?.problems).toMatchObject([
      { key: 'name', line: 2 },
      { key: 'metadata.openclaw.schedule', line: 7 },
    ]);
  });

  it.each([
    ['nowhere', /cannot be looked into: ENOENT/],
    ['', /has no SKILL.md and no folders of skills in it/],
    ['beat/notes.txt', /cannot be looked into/],
  ])('says what is wrong with the path "%s"', async (path, problem) => {
    using folder = new SkillFolder();
    expect(await look(join(folder.path, path))).toMatchObject([
      { skill: null, problems: [{ message: expect.stringMatching(problem), line: null }] },
    ]);
  });
});
