/** One start at a time on a home; and `run/start.json`, which tells others who runs and where. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../layer/atomic-file.ts';
import { lockFolder } from '../layer/folder-lock.ts';
import { type StartRecord, startRecordFile } from './addresses.ts';

export interface HomeLock extends Disposable {
  record(record: StartRecord): Promise<void>;
}

/** Undefined if somebody else has it. */
export async function lockHome(home: string): Promise<HomeLock | undefined> {
  const file = startRecordFile(home);
  mkdirSync(dirname(file), { recursive: true });
  const lock = await lockFolder(home, 'start');
  if (lock === undefined) return undefined;
  return {
    record: (record) => writeFileAtomic(file, `${JSON.stringify(record)}\n`),
    [Symbol.dispose]: () => {
      rmSync(file, { force: true });
      lock[Symbol.dispose]();
    },
  };
}
