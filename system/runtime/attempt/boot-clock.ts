/** Seconds since the host's boot: the one clock that this process, a skill's shell and the next runtime all read, and that nobody sets. */
import { readFileSync } from 'node:fs';

/** In steps of 10 ms; goes on while the machine is suspended. */
export function bootSeconds(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8'));
}

/** Unix ms of that moment by the wall clock as it is set now: what people and schedules see. */
export function wallTimeOf(seconds: number): number {
  return Math.round(Date.now() - (bootSeconds() - seconds) * 1000);
}
