/**
 * A clock that a test can shift: loaded before a program (`NODE_OPTIONS=--import=…`), it makes `Date` the true time plus the offset that
 * stands in the file `TEST_CLOCK_OFFSET`, in whole ms (no file: 0). What it takes up it appends to `TEST_CLOCK_APPLIED`. Monotonic
 * clocks are left alone, as they are by whoever sets a machine's clock.
 */
import { appendFileSync, readFileSync } from 'node:fs';

const { TEST_CLOCK_OFFSET: offsetFile = '', TEST_CLOCK_APPLIED: appliedFile = '' } = process.env;
/** Programs ask for the time thousands of times a second; what they are told is this old at most. */
const rereadMs = 20;

const TrueDate = Date;
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now(): number {
  if (performance.now() - readAt >= rereadMs) takeUp(wantedOffset());
  return TrueDate.now() + offsetMs;
}

function wantedOffset(): number {
  readAt = performance.now();
  try {
    return Number.parseInt(readFileSync(offsetFile, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}

function takeUp(wantedMs: number): void {
  if (wantedMs === offsetMs) return;
  offsetMs = wantedMs;
  const line = { pid: process.pid, offsetMs, now: TrueDate.now() + offsetMs };
  appendFileSync(appliedFile, `${JSON.stringify(line)}\n`);
}

const ShiftedDate = new Proxy(TrueDate, {
  construct: (date, given, newTarget) => Reflect.construct(date, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new TrueDate(now()).toString(),
  get: (date, member) => (member === 'now' ? now : Reflect.get(date, member)),
});
TrueDate.prototype.constructor = ShiftedDate;
globalThis.Date = ShiftedDate;
