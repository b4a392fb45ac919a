/**
 * One runtime a home: two would run each slot twice. A listening abstract socket (Linux), which is gone with its process however that
 * ends, so no lock is ever stale.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, LayerError } from '../layer/errors.ts';

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
  const name = `\0openclaw-runtime:${createHash('sha256').update(realpathSync(home)).digest('hex')}`;
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const lock = await listen(name);
    if (lock !== undefined) return lock;
    if (performance.now() > giveUpAt) throw new HomeInUse(home);
    await sleep(pollMs);
  }
}

/** Undefined if the name is taken. */
async function listen(name: string): Promise<Disposable | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(name, resolve);
    });
    return { [Symbol.dispose]: () => server.close() };
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}
