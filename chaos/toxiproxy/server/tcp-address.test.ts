import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressError, isHostless, resolveTcpAddress, tcpAddressText } from './tcp-address.ts';

describe('resolveTcpAddress', () => {
  it.each([
    ['', ':0'],
    [':80', ':80'],
    ['127.0.0.1:', '127.0.0.1:0'],
    ['127.0.0.1:+0', '127.0.0.1:0'],
    ['127.0.0.1:-0', '127.0.0.1:0'],
    ['127.0.0.1:00080', '127.0.0.1:80'],
    ['localhost:80', '127.0.0.1:80'],
    ['[127.0.0.1]:80', '127.0.0.1:80'],
    ['[::1]:80', '[::1]:80'],
    ['[0:0:0:0:0:0:0:1]:80', '[::1]:80'],
  ])('%s is %s', async (address, resolved) => {
    expect(tcpAddressText(await resolveTcpAddress(address))).toBe(resolved);
  });

  // Recorded from Toxiproxy 2.12.0.
  it.each([
    ['foo', 'address foo: missing port in address'],
    ['[::1]', 'address [::1]: missing port in address'],
    ['[::1]x:1', 'address [::1]x:1: missing port in address'],
    ['[::1', "address [::1: missing ']' in address"],
    ['::1:80', 'address ::1:80: too many colons in address'],
    ['[::1]:1:2', 'address [::1]:1:2: too many colons in address'],
    ['a]:1', "address a]:1: unexpected ']' in address"],
    ['a[:1', "address a[:1: unexpected '[' in address"],
    ['127.0.0.1:99999', 'address 99999: invalid port'],
    ['127.0.0.1:-1', 'address -1: invalid port'],
    ['foo:bar', 'lookup tcp/bar: unknown port'],
    ['127.0.0.1:1e3', 'lookup tcp/1e3: unknown port'],
    ['256.1.1.1:0', 'lookup 256.1.1.1: no such host'],
    ['127.1:0', 'lookup 127.1: no such host'],
  ])('%s: %s', async (address, message) => {
    await expect(resolveTcpAddress(address)).rejects.toThrow(new AddressError(message));
  });

  it('rejects with nothing else, whatever it is given', async () => {
    const odd = fc.string({ unit: fc.constantFrom(...'[]:%.-+0189\0 \u00ad') });
    await fc.assert(
      fc.asyncProperty(odd, async (address) => {
        const outcome = await resolveTcpAddress(address).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AddressError);
      }),
    );
  });
});

describe('isHostless', () => {
  it.each([
    ['', true],
    [':0', true],
    [':', true],
    ['::1:80', false],
    ['[::]:0', false],
    ['localhost:0', false],
  ])('%s: %s', (address, hostless) => {
    expect(isHostless(address)).toBe(hostless);
  });
});
