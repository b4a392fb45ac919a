// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of manifests look like this.
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { collectorUrl, fillPlaceholders } from './placeholders.ts';

const values = {
  home: '/h',
  port: 3019,
  host: '0.0.0.0',
  token: '$&secret',
  links: new Map([['runtime-gateway', 'http://proxy:20001']]),
  schedules: { 'daily-memory': 'every: 1s' },
  collector: 'http://harness:4318',
};

describe('fillPlaceholders', () => {
  it('fills each placeholder, as often as it stands, and takes values as they are', () => {
    expect(fillPlaceholders('${host}:${port} ${home}/${home} ${token}', values)).toBe('0.0.0.0:3019 /h//h $&secret');
    expect(fillPlaceholders('${link:runtime-gateway}/v1', values)).toBe('http://proxy:20001/v1');
    expect(JSON.parse(fillPlaceholders('${schedules}', values))).toEqual({ 'daily-memory': 'every: 1s' });
    expect(fillPlaceholders('${collector}/v1/traces', values)).toBe('http://harness:4318/v1/traces');
    expect(fillPlaceholders('$HOME {x}', values)).toBe('$HOME {x}');
  });

  it('leaves the collector empty where nobody collects', () => {
    expect(collectorUrl('harness', { collectorPort: 4318 })).toBe('http://harness:4318');
    expect(collectorUrl('harness', {})).toBe('');
  });

  it.each([
    ['http://127.0.0.1:4318', 'http://harness:4318/'],
    ['http://localhost:4318/otlp', 'http://harness:4318/otlp'],
    ['https://elsewhere:4318', 'https://elsewhere:4318/'],
  ])('dials a collector at %s, which is not the harness, as %s', (collector, url) => {
    expect(collectorUrl('harness', { collector, collectorPort: 9 })).toBe(url);
  });

  it.each(['${hom}', '${link:none}', '${toString}'])('refuses %s', (text) => {
    expect(() => fillPlaceholders(text, values)).toThrow(InvalidInput);
    expect(() => fillPlaceholders(text, values)).toThrow(text);
  });
});
