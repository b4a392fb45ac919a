import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instrument } from '../../../metrics/instrument.ts';
import { openLedgerInMemory } from './open-ledger.ts';

let registry: Registry;
let life: ReturnType<typeof openLedgerInMemory>;
beforeEach(() => {
  registry = new Registry();
  life = openLedgerInMemory({ registry });
});
afterEach(() => life.close());

const present = (...skills: string[]) => life.totals.present(new Set(skills));
const run = (skill: string, outcome = 'succeeded') => life.ledger.write(() => life.totals.run(skill, outcome, 5000));
const seriesShown = async () => (await registry.metrics()).match(/^[a-z].*$/gm)?.length;
const shown = async (skill: string) =>
  (await registry.metrics()).split('\n').filter((line) => line.includes(`skill="${skill}"`));

describe('the totals of a skill', () => {
  it('stand at 0 from the moment that there is the skill, where alerts are made of them', async () => {
    present('beat');
    expect(await shown('beat')).toEqual(
      expect.arrayContaining([
        'openclaw_skill_runs_total{skill="beat",outcome="failed"} 0',
        'openclaw_skill_slots_total{skill="beat",fate="missed"} 0',
      ]),
    );
    expect((await shown('beat')).join()).not.toContain('last_success');
  });

  it('leave with it, and come back with it as they were', async () => {
    present('beat', 'other-one');
    run('beat');
    run('beat');
    present('other-one');
    expect(await shown('beat')).toEqual([]);
    expect((await shown('other-one')).length).toBeGreaterThan(0);
    present('beat', 'other-one');
    expect(await shown('beat')).toEqual(
      expect.arrayContaining([
        'openclaw_skill_runs_total{skill="beat",outcome="succeeded"} 2',
        'openclaw_skill_last_success_timestamp_seconds{skill="beat"} 5',
      ]),
    );
  });

  it('count on, on top of what is known, when its last run ends after it is gone', async () => {
    present('beat');
    run('beat');
    present();
    life.ledger.write(() => {
      life.totals.run('beat', 'failed', 6000);
      life.totals.run('beat', 'failed', 7000);
    });
    expect(await shown('beat')).toEqual(
      expect.arrayContaining([
        'openclaw_skill_runs_total{skill="beat",outcome="succeeded"} 1',
        'openclaw_skill_runs_total{skill="beat",outcome="failed"} 2',
      ]),
    );
    present();
    expect(await shown('beat')).toEqual([]);
  });

  it('take with them what others have shown of it since it is gone', async () => {
    present('beat');
    present();
    instrument(registry, 'openclaw_skill_running').set({ skill: 'beat' }, 0);
    expect(await shown('beat')).toHaveLength(1);
    present();
    expect(await shown('beat')).toEqual([]);
  });

  it('of 10,000 skills that come and go make no series that stay, and leave room for those that are there', async () => {
    present('beat');
    const before = await seriesShown();
    for (let index = 0; index < 10_000; index += 1) {
      const name = `${Math.random().toString(36).slice(2)}-${index}`;
      present('beat', name);
      if (index % 100 === 0) run(name);
    }
    present('beat');
    expect(await seriesShown()).toBe(before);
    present('beat', 'new');
    expect((await shown('new')).length).toBeGreaterThan(0);
  });
});
