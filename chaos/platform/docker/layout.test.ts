import { describe, expect, it } from 'vitest';
import { fixture } from '../fixture/manifest.ts';
import { layOut, linkUrls } from './layout.ts';

describe('layOut', () => {
  it('gives every link, every observer and every port of the operator a proxy of its own', () => {
    const { proxies } = layOut(fixture);
    expect(Object.fromEntries(proxies.map(({ name, upstream }) => [name, upstream]))).toEqual({
      'client-front': 'front:3018',
      'client-back': 'back:3019',
      'front-back': 'back:3019',
      'observer-front': 'front:3018',
      'observer-back': 'back:3019',
      'operator-3019': 'back:3019',
    });
    expect(new Set(proxies.map(({ listen }) => listen)).size).toBe(proxies.length);
    expect(proxies.at(-1)?.listen).toBe('0.0.0.0:3019');
  });

  it('tells nodes where to dial a link', () => {
    const layout = layOut(fixture);
    expect(linkUrls(layout).get('front-back')).toBe(`http://toxiproxy:${layout.links.get('front-back')}`);
  });
});
