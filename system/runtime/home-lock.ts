/** One runtime a home: two would run each slot twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LayerError } from '../layer/errors.ts';
import { lockFolder } from '../layer/folder-lock.ts';

/** A child that a killed runtime was just forking holds its socket for some more milliseconds. */
const waitMs = 2000;
const pollMs = 50;

/** Code `OPENCLAW_HOME_IN_USE`. */
class HomeInUse extends LayerError {
  constructor(home: string) {
    super(
      'OPENCLAW_HOME_IN_USE',
      `another runtime works on ${home}: stop that one, or set OPENCLAW_HOME to another folder`,
    );
  }
}

/** Of a folder that exists. Throws {@link HomeInUse} if somebody else has it and does not let go of it. */
export async function lockHome(home: string): Promise<Disposable> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const lock = await lockFolder(home, 'runtime');
    if (lock !== undefined) return lock;
    if (performance.now() > giveUpAt) throw new HomeInUse(home);
    await sleep(pollMs);
  }
}
