import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Doorman, type Guest } from './doorman.ts';
import type { Admission, Admittance } from './store/session-store.ts';

/** A doorman, the size of each group that it let in, and what became of each guest. */
function rig(perTurn: number, disk = { broken: false }) {
  const groups: number[] = [];
  const fates: string[] = [];
  const admit = (wanted: readonly Admittance[]): Admission[] => {
    groups.push(wanted.length);
    if (disk.broken) throw new Error('disk full');
    return wanted.map(() => ({ outcome: 'forbidden' }));
  };
  const doorman = new Doorman(admit, { hellosPerTurn: perTurn });
  const guest = (name: string): Guest & { waits: boolean } => ({
    wanted: { owner: name },
    waits: true,
    admitted: () => fates.push(name),
    failed: () => fates.push(`${name} failed`),
  });
  return { doorman, guest, groups, fates };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `g${index}`);

describe('Doorman', () => {
  it('lets so many in a turn, in the order in which they came, and others have their turns between', async () => {
    const { doorman, guest, groups, fates } = rig(10);
    for (const name of names(35)) doorman.receive(guest(name));
    expect(fates).toEqual([]);
    const seen: number[] = [];
    while (fates.length < 35) {
      await turn();
      seen.push(fates.length);
    }
    expect(groups).toEqual([10, 10, 10, 5]);
    expect(seen.filter((count) => count < 35).length).toBeGreaterThanOrEqual(3);
    expect(fates).toEqual(names(35));
  });

  it('does not let in who has gone', async () => {
    const { doorman, guest, fates } = rig(10);
    const [gone, stays] = [guest('gone'), guest('stays')];
    doorman.receive(gone);
    doorman.receive(stays);
    gone.waits = false;
    await turn();
    await turn();
    expect(fates).toEqual(['stays']);
  });

  it('tells those whom the disk failed, and lets the next ones in', async () => {
    const disk = { broken: true };
    const { doorman, guest, fates } = rig(2, disk);
    for (const name of names(2)) doorman.receive(guest(name));
    await turn();
    await turn();
    disk.broken = false;
    doorman.receive(guest('later'));
    await turn();
    await turn();
    expect(fates).toEqual(['g0 failed', 'g1 failed', 'later']);
  });
});
