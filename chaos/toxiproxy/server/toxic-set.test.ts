import { expect, it } from 'vitest';
import { toxic } from './testing/proxied.ts';
import { ToxicSet } from './toxic-set.ts';

it('lists upstream first, each direction in the order of adding', async () => {
  const toxics = new ToxicSet(new Set());
  await toxics.add(toxic('latency', {}, { name: 'a' }));
  await toxics.add(toxic('noop', {}, { name: 'b', direction: 'upstream' }));
  await toxics.add(toxic('noop', {}, { name: 'c' }));
  expect(toxics.list().map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  await toxics.remove('a');
  await toxics.add(toxic('latency', {}, { name: 'a' }));
  expect(toxics.list().map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  await toxics.clear();
  expect(toxics.list()).toEqual([]);
});

it('updates what is named and leaves the rest', async () => {
  const toxics = new ToxicSet(new Set());
  await toxics.add(toxic('latency', { latency: 10, jitter: 5 }));
  await toxics.update('latency_downstream', { attributes: { latency: 20 } });
  await toxics.update('latency_downstream', { toxicity: 0.5 });
  expect(toxics.get('latency_downstream')).toMatchObject({ toxicity: 0.5, attributes: { latency: 20, jitter: 5 } });
});

it('refuses a name twice, a type that is none, and a name that it does not have', async () => {
  const toxics = new ToxicSet(new Set());
  await toxics.add(toxic('noop', {}, { name: 'a' }));
  await expect(toxics.add(toxic('noop', {}, { name: 'a', direction: 'upstream' }))).rejects.toThrow('already');
  await expect(toxics.add(toxic('constructor'))).rejects.toThrow('type constructor');
  await expect(toxics.update('b', {})).rejects.toThrow('no toxic b');
  await expect(toxics.remove('b')).rejects.toThrow('no toxic b');
});
