import { describe, expect, it } from 'vitest';
import { verdictOn } from './delivery.ts';

describe("the gateway's answer to messages", () => {
  it.each([
    ['taken', [200, 201, 204]],
    ['not-now', [401, 403, 404, 405, 408, 425, 429, 500, 502, 503, 504]],
    ['refused', [400, 409, 413, 415, 422]],
  ] as const)('means %s: %j', (verdict, statuses) => {
    for (const status of statuses) expect(verdictOn(status), String(status)).toBe(verdict);
  });
});
