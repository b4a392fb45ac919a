import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

it('stops nobody where it cannot be written', async () => {
  const source = `
    const { createLogger } = await import(${JSON.stringify(new URL('logger.ts', import.meta.url).href)});
    const log = createLogger('test');
    for (let n = 0; n < 100; n += 1) log.info('line');
    log.fatal('the last one');
    setImmediate(() => process.stderr.write('goes on'));`;
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const closed = once(child, 'close');
  if (child.stderr === null) throw new TypeError('no stderr');
  expect(await text(child.stderr)).toBe('goes on');
  expect((await closed)[0]).toBe(0);
});
