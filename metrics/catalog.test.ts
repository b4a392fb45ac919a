import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog, type MetricSpec } from './catalog.ts';
import { withCatalog } from './catalog-page.ts';
import { isClosed } from './label-values.ts';
import { exposers, other } from './metric-spec.ts';

const all = Object.entries(catalog) as [string, MetricSpec][];

describe.each(all)('%s', (name, spec) => {
  const values = Object.entries(spec.labels);

  it('is named as Prometheus wants it', () => {
    expect(name).toMatch(/^(openclaw|chaos|http)(_[a-z]+)+$/);
    expect(name).not.toMatch(/_(milliseconds|ms|minutes|kilobytes|mb|count|sum|bucket|counter|gauge)(_|$)/);
    expect(name.endsWith('_total')).toBe(spec.type === 'counter');
    expect(name.endsWith('_info')).toBe(spec.unit === 'info');
    expect(name.endsWith('_timestamp_seconds')).toBe(spec.unit === 'Unix seconds');
    if (spec.unit === 'seconds') expect(name).toMatch(/_seconds(_total)?$/);
    if (/_seconds(_total)?$/.test(name)) expect(spec.unit).toMatch(/seconds$/);
  });

  it('says who shows it, what it is and what for, in sentences', () => {
    expect(spec.layers.length).toBeGreaterThan(0);
    expect(exposers).toEqual(expect.arrayContaining([...spec.layers]));
    expect(spec.help).toMatch(/^[A-Z01].*\.$/);
    expect(spec.why).toMatch(/^.{10,}[.?]$/);
    expect(spec.help).not.toContain('\n');
  });

  it('has labels with values that are listed, or bounded by somebody', () => {
    for (const [label, allowed] of values) {
      expect(label).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(['le', 'quantile', 'job', 'instance', 'exported_layer']).not.toContain(label);
      if (isClosed(allowed)) {
        expect(allowed.length).toBeGreaterThan(0);
        expect(new Set(allowed).size).toBe(allowed.length);
        expect(allowed).not.toContain(other);
      } else {
        expect(allowed.atMost).toBeGreaterThan(0);
        expect(allowed.boundedBy).not.toBe('');
      }
    }
  });

  it('has rising buckets if it is a histogram, and none otherwise', () => {
    expect(spec.buckets !== undefined).toBe(spec.type === 'histogram');
    expect([...(spec.buckets ?? [])].sort((a, b) => a - b)).toEqual([...(spec.buckets ?? [])]);
  });

  it('introduces only values that it has', () => {
    for (const [label, introduced] of Object.entries(spec.introduced || {})) {
      expect(spec.labels[label]).toEqual(expect.arrayContaining([...introduced]));
    }
  });
});

it('has at least the semantic conventions of HTTP, and prefixes that say whose a metric is', () => {
  const http = catalog.http_server_request_duration_seconds;
  expect(Object.keys(http.labels)).toEqual(['http_request_method', 'http_route', 'http_response_status_code']);
  for (const [name, { layers }] of all) expect(name.startsWith('chaos_')).toBe(layers.includes('harness'));
});

it('is what metrics/README.md says: otherwise `npm run generate`', () => {
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  expect(withCatalog(page)).toBe(page);
  for (const [name] of all) expect(page).toContain(`\`${name}\``);
});
