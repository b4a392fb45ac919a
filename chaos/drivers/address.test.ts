import { expect, it } from 'vitest';
import { ChaosError } from '../errors.ts';
import { parseAddress } from './address.ts';

it('reads addresses, and says what is wrong with one', () => {
  expect(parseAddress('localhost:80')).toEqual({ host: '127.0.0.1', port: 80 });
  expect(parseAddress('[::1]:3019')).toEqual({ host: '::1', port: 3019 });
  for (const bad of ['', 'host', ':1', 'host:', 'host:0', 'host:70000', 'host:x']) {
    expect(() => parseAddress(bad)).toThrow(ChaosError);
  }
});
