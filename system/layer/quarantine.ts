/** Puts a state file that cannot be used aside, with the reason beside it, so that its layer can start anew and a person can look into it. */
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { instrument } from '../../metrics/instrument.ts';
import type { LayerContext } from './lifecycle.ts';

export interface Quarantine {
  readonly file: string;
  /** Where it is now; what belongs to it (`-wal`, `-shm`) lies beside it, and why in `.reason`. */
  readonly movedTo: string;
  readonly reason: string;
  /** Unix ms. */
  readonly at: number;
}

/** Of each file, the newest. */
const keep = 5;
const toldForMs = 3_600_000;

/** Throws the file system's error if it cannot be moved. */
export function quarantine(file: string, reason: string, companions: readonly string[] = []): Quarantine {
  const { at, movedTo } = place(file);
  renameSync(file, movedTo);
  for (const suffix of companions) if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix);
  return tell({ file, movedTo, reason, at });
}

/** The same with a copy, for a file of which a part is used. Best effort. */
export function quarantineCopy(file: string, reason: string): Quarantine {
  const { at, movedTo } = place(file);
  try {
    copyFileSync(file, movedTo);
  } catch {
    return { file, movedTo: file, reason, at };
  }
  return tell({ file, movedTo, reason, at });
}

function place(file: string): Pick<Quarantine, 'at' | 'movedTo'> {
  const at = Date.now();
  return { at, movedTo: freeName(`${file}.quarantine-${new Date(at).toISOString().replaceAll(':', '-')}`) };
}

function tell(quarantined: Quarantine): Quarantine {
  const { file, movedTo, reason, at } = quarantined;
  try {
    writeFileSync(`${movedTo}.reason`, `${new Date(at).toISOString()} ${reason}\n`);
  } catch {
    // A full disk: the log says it too.
  }
  forgetOldest(file);
  return quarantined;
}

export interface QuarantineReport {
  readonly onQuarantine: (quarantined: Quarantine) => void;
  /** For an hour after one: what was lost and where it is, for people. */
  degraded(): string[];
}

/** Counts, logs and remembers the quarantines of a layer's file. */
export function reportQuarantines(
  { name, registry, log }: Pick<LayerContext, 'name' | 'registry' | 'log'>,
  file: string,
): QuarantineReport {
  const counter = instrument(registry, 'openclaw_state_quarantined_total');
  const labels = { layer: name, file: basename(file) };
  counter.inc(labels, 0);
  let last: { readonly text: string; readonly since: number } | undefined;
  return {
    onQuarantine: ({ file: bad, movedTo, reason }) => {
      counter.inc(labels);
      log.error(
        { file: bad, movedTo, reason },
        'state could not be used: it is put aside, and the layer goes on without it',
      );
      const text = `${basename(bad)} could not be used (${reason}): the layer goes on without what was in it; it is kept as ${movedTo}`;
      last = { text, since: performance.now() };
    },
    degraded: () => (last !== undefined && performance.now() - last.since < toldForMs ? [last.text] : []),
  };
}

function freeName(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** Where the files of this name that were put aside are now, oldest first. */
export function quarantinesOf(file: string): string[] {
  const prefix = `${basename(file)}.quarantine-`;
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix));
  const files = names.filter((name) => !/(-wal|-shm|\.reason)$/.test(name));
  return files.sort().map((name) => join(dirname(file), name));
}

function forgetOldest(file: string): void {
  for (const old of quarantinesOf(file).slice(0, -keep)) {
    for (const suffix of ['', '-wal', '-shm', '.reason']) rmSync(old + suffix, { recursive: true, force: true });
  }
}
