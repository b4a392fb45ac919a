/** Splits `host:port`. `localhost` becomes 127.0.0.1: a probe must not wait for a name to be resolved. */
import { ChaosError } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function parseAddress(text: string): Address {
  const at = text.lastIndexOf(':');
  const host = text.slice(0, at).replace(/^\[|\]$/g, '');
  const port = Number(text.slice(at + 1));
  if (at < 1 || host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ChaosError('CHAOS_ADDRESS', `"${text}" is not an address`, {
      mend: 'the platform must give host:port, for example 127.0.0.1:3019',
    });
  }
  return { host: host === 'localhost' ? '127.0.0.1' : host, port };
}
