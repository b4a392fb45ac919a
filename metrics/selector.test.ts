import { expect, it } from 'vitest';
import { selector } from './selector.ts';

it.each([
  ["a layer's metric", selector('openclaw_degraded'), 'openclaw_degraded{job="openclaw"}'],
  ["the recorder's", selector('chaos_fault_active'), 'chaos_fault_active{job="chaos"}'],
  ['another job than that of the metric', selector('up', { job: 'chaos' }), 'up{job="chaos"}'],
  [
    'every kind of matcher, and two of the same label',
    selector('m', { a: 'x', b: { not: 'y' } }, { a: { like: 'x|z' }, c: { unlike: '.+' } }),
    'm{job="openclaw",a="x",b!="y",a=~"x|z",c!~".+"}',
  ],
  ['what is left open', selector('m', { a: undefined, job: undefined }), 'm{job="openclaw"}'],
  ['text that needs quoting', selector('m', { a: 'a"b\\c\nd' }), String.raw`m{job="openclaw",a="a\"b\\c\nd"}`],
])('%s', (_, written, expected) => expect(written).toBe(expected));
