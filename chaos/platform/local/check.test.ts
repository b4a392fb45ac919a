import { describe, expect, it } from 'vitest';
import { checkMachine, checkProcesses, localNeeds, type Machine } from './check.ts';

const good: Machine = {
  platform: 'linux',
  nodeVersion: '24.21.0',
  canRead: () => true,
  canRun: () => true,
  ephemeralRange: () => '32768\t60999\n',
};

describe('checkMachine', () => {
  it('is content with Linux, Node 24 and a shell', () => {
    expect(checkMachine(good)).toEqual({ available: true, detail: 'Node 24.21.0 on Linux' });
    expect(checkMachine({ ...good, nodeVersion: '26.0.0' }).available).toBe(true);
  });

  it('names each need, and that all are met', () => {
    expect(localNeeds(good).map(({ state }) => state)).toEqual(Array(5).fill('met'));
    expect(localNeeds(good).map(({ text }) => text)).toContainEqual(expect.stringContaining('32768 to 60999'));
  });

  it.each([
    ['macOS', { platform: 'darwin' }, /Linux.*darwin/, /docker/],
    ['a /proc that cannot be read', { canRead: (path) => !path.startsWith('/proc') }, /\/proc that shows/, /docker/],
    ['an older Node', { nodeVersion: '22.22.0' }, /Node 24.*22\.22\.0/, /npm ci/],
    ['no shell', { canRun: () => false }, /\/bin\/sh/, /shell/],
    ['no engine', { canRead: (path) => !path.endsWith('.wasm.br') }, /promql\.wasm\.br/, /git checkout/],
    ['a kernel that gives away all ports', { ephemeralRange: () => '1024 65535' }, /1024 to 65535/, /sysctl/],
  ] satisfies [string, Partial<Machine>, RegExp, RegExp][])('names what is missing: %s', (_, given, tried, mend) => {
    expect(checkMachine({ ...good, ...given })).toEqual({
      available: false,
      tried: expect.stringMatching(tried),
      mend: expect.stringMatching(mend),
    });
  });
});

describe('checkProcesses', () => {
  it('needs neither engine, shell nor Node 24: what was left behind can be ended without', () => {
    const bare = {
      ...good,
      nodeVersion: '22.22.0',
      canRead: (path: string) => path.startsWith('/proc'),
      canRun: () => false,
    };
    expect(checkProcesses(bare).available).toBe(true);
  });

  it('needs /proc', () => {
    expect(checkProcesses({ ...good, canRead: () => false }).available).toBe(false);
    expect(checkProcesses({ ...good, platform: 'darwin' }).available).toBe(false);
  });
});
