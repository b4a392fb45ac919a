/** What `npm start` prints when the layers are up, and when they had to be killed. */
import { join } from 'node:path';
import { version } from '../layer/version.ts';
import { layerNames } from './addresses.ts';
import type { StartConfig } from './start-config.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** `ready`: of each layer, in their order. */
export function banner({ home, urls, token }: StartConfig, ready: readonly boolean[], style: Style): string {
  const layers = layerNames.map((name, at) => {
    const address = name === 'session' ? `${urls.session.replace(/^http/, 'ws')}/ws` : urls[name];
    const state = ready[at] === true ? style('green', 'ready') : style('red', `not ready: see logs/${name}.log`);
    return [name, address, state];
  });
  return [
    `\nopenclaw ${version}, home ${home}`,
    table([
      ...layers,
      ['token', token === undefined ? join(home, 'state', 'token') : 'OPENCLAW_TOKEN'],
      ['logs', join(home, 'logs')],
    ]),
    'In another terminal: npm run health, npm run skill -- list. Ctrl-C stops everything.\n',
  ].join('\n');
}

export function killedText(atOnce: boolean): string {
  return (
    `Stopped${atOnce ? ' at once' : ''}, by SIGKILL. Skills that were running go on; the next start collects their outcome. ` +
    'Nothing that was acknowledged is lost: it is on disk.'
  );
}
