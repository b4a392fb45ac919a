/** Compares bearer tokens without telling by its duration how much of one was right. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function tokenMatches(expected: string, given: string): boolean {
  return timingSafeEqual(digest(expected), digest(given));
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
