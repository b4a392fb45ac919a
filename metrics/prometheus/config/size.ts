/** Sizes as Prometheus's configuration writes them: `64KiB`, `10MB` (both count by 1024), `512B`. */

const powers = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
const pattern = /^([0-9]+(?:\.[0-9]+)?)([KMGTPE]?)(i?)B$/;

/** Bytes; undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  if (text === '0') return 0;
  const [, amount, power = '', binary] = pattern.exec(text) ?? [];
  if (amount === undefined || (binary === 'i' && power === '')) return undefined;
  return Math.trunc(Number(amount) * 1024 ** powers.indexOf(power));
}
