import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeCodes, closeMeanings } from './protocol.ts';
import { protocolPage, protocolPageFile } from './protocol-page.ts';

describe('PROTOCOL.md', () => {
  it('says what the schemas say', () => {
    const page = readFileSync(protocolPageFile, 'utf8');
    expect(page, 'write it anew: node system/session/protocol-page.ts').toBe(protocolPage());
  });

  it('names every frame with its members, and every close code', () => {
    const page = protocolPage();
    for (const type of [
      'hello',
      'message',
      'ping',
      'welcome',
      'entry',
      'ack',
      'pong',
      'delivered',
      'status',
      'error',
    ]) {
      expect(page).toContain(`### \`${type}\``);
    }
    expect(page).toContain('| `session` (optional) | string, `^[\\w-]{1,64}$` |');
    expect(Object.keys(closeMeanings)).toEqual(expect.arrayContaining(Object.values(closeCodes).map(String)));
    for (const code of Object.keys(closeMeanings)) expect(page).toContain(`| ${code} |`);
  });
});
