/** What every round of a demo plays on: the running system, and who is told. */
import type { Manifest } from '../manifest.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Platform } from '../platform/platform.ts';
import type { Recorder } from '../recorder.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { UndoLog } from '../undo.ts';
import type { RoundResult } from './round-result.ts';

export interface Stage {
  readonly manifest: Manifest;
  readonly platform: Platform;
  /** One for the whole demo: its counters go on from round to round. */
  readonly recorder: Recorder;
  readonly undoLog: UndoLog;
  readonly token: string;
  /** Ctrl-C and SIGTERM: ends waiting, never an undo. */
  readonly signal: AbortSignal;
  readonly listener: DemoListener;
}

/** Told of everything while it happens. */
export interface DemoListener {
  /** The next fault is to come then, Unix ms; undefined: none will. */
  next(atMs: number | undefined): void;
  fault(event: FaultEvent): void;
  snapshot(snapshot: Snapshot): void;
  ended(result: RoundResult): void;
  /** A round ended before it could show anything. */
  cutShort(): void;
}
