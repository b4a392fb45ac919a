import { once } from 'node:events';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../errors.ts';
import { claimPorts, ephemeralRange, loopback, portBlocks } from './ports.ts';

async function listenOn(port: number) {
  const server = createServer();
  await once(server.listen(port, loopback), 'listening');
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

describe('portBlocks', () => {
  it('keeps clear of the range that the kernel gives away, and of the ports that programs are known by', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(port, port, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const clear = (first: number) => first >= 10_240 && first + 31 <= 65_535 && (first > to || first + 31 < from);
        expect(portBlocks(`${from}\t${to}\n`).filter((first) => !clear(first))).toEqual([]);
      }),
    );
  });

  it('has room on this machine, and none where the kernel gives away everything', () => {
    expect(portBlocks(ephemeralRange()).length).toBeGreaterThan(10);
    expect(portBlocks('1024 65535')).toEqual([]);
  });
});

describe('claimPorts', () => {
  it('gives different ports to claims that stand side by side, even of the same name, and takes them back', async () => {
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimPorts(40, 'the-same')));
    const ports = claims.flatMap((claim) => claim.ports);
    expect(new Set(ports).size).toBe(ports.length);
    for (const claim of claims) {
      expect(claim.ports.length).toBeGreaterThanOrEqual(40);
      await claim[Symbol.asyncDispose]();
    }
    await using again = await claimPorts(40, 'the-same');
    expect(ports).toEqual(expect.arrayContaining([...again.ports]));
  });

  it('gives ports on which one can listen, and none that somebody listens on', async () => {
    const free = await claimPorts(1, 'somebody');
    const [taken = 0] = free.ports;
    await free[Symbol.asyncDispose]();
    await using _somebody = await listenOn(taken);
    await using claim = await claimPorts(1, 'somebody');
    expect(claim.ports).not.toContain(taken);
    await using _mine = await listenOn(claim.ports[0] ?? 0);
  });

  it('says so when there are none', async () => {
    const claimed = claimPorts(1, 'any', []);
    await expect(claimed).rejects.toThrow(InvalidInput);
    await expect(claimed).rejects.toMatchObject({ code: 'CHAOS_PORTS', mend: expect.stringContaining('sysctl') });
  });
});
