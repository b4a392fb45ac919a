/** The original Toxiproxy and ours keep the same suite. */
import { it } from 'vitest';
import { startToxiproxy } from '../server/server.ts';
import { describeToxiproxy } from './conformance.ts';
import { startReference } from './reference.ts';

describeToxiproxy('ours', startToxiproxy);

const program = process.env.CHAOS_REFERENCE_TOXIPROXY;

if (program !== undefined) {
  describeToxiproxy('the original', (options) => startReference(program, options));
} else {
  it('the original keeps the suite', ({ skip }) => {
    const why =
      'CHAOS_REFERENCE_TOXIPROXY is not set, so the suite was NOT held against the original: set it to a toxiproxy-server 2.12.0.';
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
