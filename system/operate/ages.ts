/** Times and durations as people read them. */

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** `3 min ago`, `in 20 s`; `–` for null. */
export function relative(at: number | null | undefined, now: number): string {
  if (at === null || at === undefined) return '–';
  return at > now ? `in ${duration(at - now)}` : `${duration(now - at)} ago`;
}

function joined(many: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${many} ${unit}` : `${many} ${unit} ${rest} ${restUnit}`;
}
