/** A run whose harness stands still for a while. In a file, and so in a process, of its own: it would sabotage whatever else runs in it. */
import { it } from 'vitest';
import { neverHeld } from './sabotage.fixture.ts';

it('the event loop of the harness is blocked: never held, and noticed', { timeout: 120_000 }, () =>
  neverHeld({
    name: 'blocked',
    prepare: () => ({ strike: () => blockFor(2_500) }),
    noticed: /observed/,
  }),
);

function blockFor(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
