import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SkillFolder, skillText } from './skill-folder.fixture.ts';
import type { SkillSet } from './skill-folder.ts';
import { SkillLoader } from './skill-loader.ts';
import { watchSkills } from './skill-watcher.ts';

describe('watchSkills', () => {
  it('tells of each skill that is added, changed, spoilt or removed, and of nothing else', {
    timeout: 30_000,
  }, async () => {
    using folder = new SkillFolder();
    folder.write('old');
    const options = { folder: folder.path, lastGoodFolder: join(folder.root, 'state'), path: process.env.PATH ?? '' };
    const loader = new SkillLoader(options);
    const told: SkillSet[] = [];
    const stop = new AbortController();
    const onChange = (skills: SkillSet) => void told.push(skills);
    const watching = watchSkills({ loader, current: await loader.load(), onChange, signal: stop.signal });
    const latest = () => told.at(-1);
    folder.write('new');
    await expect.poll(() => latest()?.skills.has('new'), { timeout: 10_000 }).toBe(true);
    folder.write('new', skillText('new', ['timeout: 7s']));
    await expect.poll(() => latest()?.skills.get('new')?.timeoutMs, { timeout: 10_000 }).toBe(7000);
    folder.write('old', 'no front matter');
    await expect.poll(() => latest()?.stale.has('old'), { timeout: 10_000 }).toBe(true);
    folder.remove('new');
    await expect.poll(() => latest()?.skills.has('new'), { timeout: 10_000 }).toBe(false);
    expect(new Set(told.map(({ fingerprint }) => fingerprint)).size).toBe(told.length);
    stop.abort();
    await expect(watching).rejects.toThrow(/abort/);
  });
});
