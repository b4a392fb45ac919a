/** Times, durations and limits in requests, accepted and refused as Prometheus does it, word for word. */
import { parseDuration } from '../duration.ts';
import { invalidParameter } from './api-error.ts';
import type { Form } from './form.ts';

/** What stands for the beginning and the end of time, in Unix ms: as far as JavaScript's dates reach, and every number in between is exact. */
const endOfTimeMs = 8_640_000_000_000_000;

const nsPerMs = 1e6;
const longestNs = 2 ** 63;

/** Unix ms. @throws {ApiError} */
export function timeParameter(form: Form, name: string): number {
  return timeOf(form.get(name)) ?? refuse(name, `cannot parse ${quoted(form.get(name))} to a valid timestamp`);
}

/** The same, with a value for where there is none. */
export function optionalTime(form: Form, name: string, otherwiseMs: number): number {
  const text = form.get(name);
  if (text === '') return otherwiseMs;
  const reason = `invalid time value for '${name}': cannot parse ${quoted(text)} to a valid timestamp`;
  return timeOf(text) ?? refuse(name, reason);
}

/** The span of requests that name none: all there is. */
export function span(form: Form): { readonly startMs: number; readonly endMs: number } {
  return { startMs: optionalTime(form, 'start', -endOfTimeMs), endMs: optionalTime(form, 'end', endOfTimeMs) };
}

/** Nanoseconds, since a step may be less than a millisecond. @throws {ApiError} */
export function durationParameter(form: Form, name: string): number {
  const text = form.get(name);
  const ns = durationNs(text);
  return typeof ns === 'number' ? ns : refuse(name, ns.reason);
}

/** Milliseconds, rounded down; undefined where there is none. */
export function optionalDuration(form: Form, name: string): number | undefined {
  return form.get(name) === '' ? undefined : Math.trunc(durationParameter(form, name) / nsPerMs);
}

/** As `limit` in all endpoints: 0 and none are no limit. */
export function limitParameter(form: Form): number {
  const text = form.get('limit');
  if (text === '') return 0;
  if (!/^[+-]?[0-9]+$/.test(text)) refuse('limit', `strconv.Atoi: parsing ${quoted(text)}: invalid syntax`);
  const limit = Number(text);
  if (Math.abs(limit) >= longestNs) refuse('limit', `strconv.Atoi: parsing ${quoted(text)}: value out of range`);
  if (limit < 0) refuse('limit', 'limit must be non-negative');
  return Math.min(limit, Number.MAX_SAFE_INTEGER);
}

/** Or why there is none, for messages that frame it otherwise. */
export function durationNs(text: string): number | { readonly reason: string } {
  const seconds = floatOf(text);
  if (seconds !== undefined) {
    const ns = seconds * 1e9;
    if (Math.abs(ns) > longestNs) {
      return { reason: `cannot parse ${quoted(text)} to a valid duration. It overflows int64` };
    }
    // What Go makes of NaN.
    return Number.isNaN(ns) ? -longestNs : Math.trunc(ns);
  }
  const ms = parseDuration(text);
  return ms === undefined ? { reason: `cannot parse ${quoted(text)} to a valid duration` } : ms * nsPerMs;
}

function timeOf(text: string): number | undefined {
  const seconds = floatOf(text);
  if (seconds === undefined) return rfc3339(text);
  if (!Number.isFinite(seconds)) return seconds > 0 ? endOfTimeMs : -endOfTimeMs;
  const whole = Math.trunc(seconds);
  // Rounded to milliseconds.
  const ms = whole * 1000 + Math.round((seconds - whole) * 1000);
  return Math.max(-endOfTimeMs, Math.min(endOfTimeMs, ms));
}

/** A number as Go reads it, without its hexadecimal forms. */
function floatOf(text: string): number | undefined {
  const special = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i.exec(text);
  if (special !== null) {
    if (special[2] === undefined) return special[1] === '' ? Number.NaN : undefined;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const rfc3339Form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

function rfc3339(text: string): number | undefined {
  const [all, ...parts] = rfc3339Form.exec(text) ?? [];
  if (all === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map(Number);
  const [fraction = '', sign, offsetHours = 0, offsetMinutes = 0] = parts.slice(6);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const inRange =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!inRange || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const local =
    date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${fraction || 0}`) * 1000);
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return sign === '-' ? local + offset : local - offset;
}

function refuse(name: string, reason: string): never {
  throw invalidParameter(name, reason);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
