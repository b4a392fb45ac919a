/** The platform `docker` keeps the contract of platforms. */
import { it } from 'vitest';
import { describePlatform } from '../contract.ts';
import { dockerProvider } from './provider.ts';

const availability = await dockerProvider.check();

if (availability.available) {
  describePlatform(dockerProvider);
} else {
  it('keeps the contract of platforms', ({ skip }) => {
    const why = `no Docker engine answers (tried ${availability.tried}), so NOTHING of the platform docker was tested: ${availability.mend}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
