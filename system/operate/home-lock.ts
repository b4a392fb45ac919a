/**
 * One start at a time on a home: a listening abstract socket (Linux), which is gone with its process however that ends, so no lock is
 * ever stale; and `run/start.json`, which tells others who runs and where.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../layer/atomic-file.ts';
import { errorCode } from '../layer/errors.ts';
import { type StartRecord, startRecordFile } from './addresses.ts';

export interface HomeLock extends Disposable {
  record(record: StartRecord): Promise<void>;
}

/** Undefined if somebody else has it. */
export async function lockHome(home: string): Promise<HomeLock | undefined> {
  const file = startRecordFile(home);
  mkdirSync(dirname(file), { recursive: true });
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(`\0openclaw-start:${digest(realpathSync(home))}`, resolve);
    });
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
  return {
    record: (record) => writeFileAtomic(file, `${JSON.stringify(record)}\n`),
    [Symbol.dispose]: () => {
      rmSync(file, { force: true });
      server.close();
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
