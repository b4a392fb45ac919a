import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { sessionInstruments } from './instruments.ts';

it('say that nobody is connected before anybody is, and nothing of what is not known yet', async () => {
  const registry = new Registry();
  sessionInstruments(registry);
  const text = await registry.metrics();
  expect(text).toContain('\nopenclaw_session_connections 0\n');
  expect(text).not.toContain('\nopenclaw_session_undelivered ');
});
