/** The platform `local` keeps the contract of platforms. */
import { it } from 'vitest';
import { describePlatform } from '../contract.ts';
import { localProvider } from './provider.ts';

const availability = await localProvider.check();

if (availability.available) {
  describePlatform(localProvider);
} else {
  it('keeps the contract of platforms', ({ skip }) => {
    const why = `missing ${availability.tried}, so NOTHING of the platform local was tested: ${availability.mend}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
