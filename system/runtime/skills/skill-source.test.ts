import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SkillFolder, skillText } from './skill-folder.fixture.ts';
import { readSkill } from './skill-source.ts';

const options = { path: process.env.PATH ?? '' };

describe('readSkill', () => {
  it.each([
    ['a folder in its place', (file: string) => mkdirSync(file), /is no regular file/],
    [
      'a pipe, without waiting for its other end',
      (file: string) => execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', file]),
      /is no regular file/,
    ],
    ['a device', (file: string) => symlinkSync('/dev/zero', file), /is no regular file/],
    [
      'a link out of its folder',
      (file: string) => symlinkSync('../../outside.md', file),
      /is a link out of its folder/,
    ],
    ['a link to itself', (file: string) => symlinkSync('SKILL.md', file), /cannot be read: ELOOP/],
    ['a link to nowhere', (file: string) => symlinkSync('nowhere', file), /cannot be read: ENOENT/],
    [
      'a file of 65,537 bytes',
      (file: string) => writeFileSync(file, '-'.repeat(65_537)),
      /over 65536 bytes: shorten it/,
    ],
    ['bytes that are no text', (file: string) => writeFileSync(file, Buffer.alloc(4096, 0xff)), /no front matter/],
  ])('refuses %s', async (_, make, problem) => {
    using folder = new SkillFolder();
    writeFileSync(join(folder.root, 'outside.md'), skillText('beat'));
    mkdirSync(join(folder.path, 'beat'));
    make(join(folder.path, 'beat', 'SKILL.md'));
    const { skill } = await readSkill(join(folder.path, 'beat'), 'beat', options);
    expect(skill).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it('takes a skill whose folder is a link, and a SKILL.md that is one within its folder', async () => {
    using folder = new SkillFolder();
    mkdirSync(join(folder.root, 'elsewhere'));
    writeFileSync(join(folder.root, 'elsewhere', 'beat.md'), skillText('beat'));
    symlinkSync('beat.md', join(folder.root, 'elsewhere', 'SKILL.md'));
    symlinkSync('../elsewhere', join(folder.path, 'beat'));
    expect((await readSkill(join(folder.path, 'beat'), 'beat', options)).skill).toMatchObject({ name: 'beat' });
  });

  it.each([
    ['"no-such-program --now"', /there is no program "no-such-program": install it or correct the command/],
    ['["/no/such/program"]', /there is no program "\/no\/such\/program"/],
    ['"./run.sh"', /there is no program ".\/run.sh"/],
  ])('says that the command %s is not there, and in which line', async (command, problem) => {
    using folder = new SkillFolder();
    folder.write('beat', skillText('beat').replace('"true"', command));
    const { skill, lacksProgram } = await readSkill(join(folder.path, 'beat'), 'beat', options);
    expect(skill).toMatchObject({ problems: [{ message: expect.stringMatching(problem), line: 6 }] });
    expect(lacksProgram).toBe(true);
  });

  it.each(['"if true; then exit 0; fi"', '"exit 3"', '["true"]', '"A=1 nobody-looks-here"'])(
    'takes the command %s',
    async (command) => {
      using folder = new SkillFolder();
      folder.write('beat', skillText('beat').replace('"true"', command));
      expect((await readSkill(join(folder.path, 'beat'), 'beat', options)).skill).toMatchObject({ name: 'beat' });
    },
  );
});
