import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixture } from '../fixture/manifest.ts';
import { layOut, linkUrls } from './layout.ts';
import { prometheusConfig } from './prometheus-config.ts';

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

describe('prometheusConfig', () => {
  it('scrapes the recorder, and every node past its links', () => {
    const { global, scrape_configs: jobs } = parse(prometheusConfig(fixture, 4321));
    expect(global.scrape_interval).toBe('1s');
    expect(jobs).toEqual([
      { job_name: 'chaos', static_configs: [{ targets: ['host.docker.internal:4321'] }] },
      {
        job_name: 'system',
        static_configs: [
          { targets: ['front:3018'], labels: { layer: 'front', __metrics_path__: '/metrics' } },
          { targets: ['back:3019'], labels: { layer: 'back', __metrics_path__: '/metrics' } },
        ],
      },
    ]);
  });
});
