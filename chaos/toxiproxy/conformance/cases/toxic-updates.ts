/** PATCH and DELETE of /proxies/{proxy}/toxics/{toxic}, without traffic. */
import { expect } from 'vitest';
import { badRequestBody, json, refusal } from '../api.ts';
import type { Cases, Rig } from '../rig.ts';

const shown = { attributes: { latency: 5, jitter: 2 }, name: 'mine', type: 'latency', stream: 'Upstream', toxicity: 1 };

async function latencyToxic(rig: Rig): Promise<string> {
  const proxy = await rig.proxy();
  await rig.api.call('POST', `/proxies/${proxy.name}/toxics`, shown);
  return `/proxies/${proxy.name}/toxics/mine`;
}

export const toxicUpdates: Cases = {
  'changes the attributes that are given': async (rig) => {
    const path = await latencyToxic(rig);
    const changed = { ...shown, attributes: { latency: 9, jitter: 2 } };
    expect(await rig.api.call('PATCH', path, { attributes: { Latency: 9, other: 1 } })).toEqual(json(200, changed));
    expect(await rig.api.call('GET', path)).toEqual(json(200, changed));
  },

  'changes toxicity alone, and both': async (rig) => {
    const path = await latencyToxic(rig);
    expect(await rig.api.call('PATCH', path, { toxicity: 0.25 })).toEqual(json(200, { ...shown, toxicity: 0.25 }));
    expect(await rig.api.call('PATCH', path, { toxicity: 0, attributes: { jitter: 0 } })).toEqual(
      json(200, { ...shown, toxicity: 0, attributes: { latency: 5, jitter: 0 } }),
    );
  },

  'ignores name, type and stream': async (rig) => {
    const path = await latencyToxic(rig);
    const change = { name: 'other', type: 'nope', stream: 5 };
    expect(await rig.api.call('PATCH', path, change)).toEqual(json(200, shown));
  },

  'nothing to change is 200 with the toxic as it is': async (rig) => {
    const path = await latencyToxic(rig);
    for (const change of [{}, null, { attributes: null, toxicity: null }, { attributes: {} }]) {
      expect(await rig.api.call('PATCH', path, JSON.stringify(change))).toEqual(json(200, shown));
    }
  },

  'POST does the same': async (rig) => {
    const path = await latencyToxic(rig);
    expect(await rig.api.call('POST', path, { toxicity: 0.5 })).toEqual(json(200, { ...shown, toxicity: 0.5 }));
  },

  'a body of another shape is 400 and changes nothing': async (rig) => {
    const path = await latencyToxic(rig);
    for (const body of [[], 5, 'x', { toxicity: '1' }, { attributes: 5 }, { attributes: { latency: 1.5 } }]) {
      const answer = await rig.api.call('PATCH', path, JSON.stringify(body));
      expect([body, answer]).toEqual([body, refusal(400, badRequestBody)]);
    }
    expect(await rig.api.call('GET', path)).toEqual(json(200, shown));
  },

  'an unknown toxic is 404, whatever the body': async (rig) => {
    const path = (await latencyToxic(rig)).replace('mine', 'unknown');
    for (const method of ['GET', 'PATCH', 'POST', 'DELETE'] as const) {
      const answer = await rig.api.call(method, path, method === 'GET' ? undefined : 'no JSON');
      expect([method, answer]).toEqual([method, refusal(404, 'toxic not found')]);
    }
  },

  'a removed toxic is gone, and its name free': async (rig) => {
    const path = await latencyToxic(rig);
    await rig.remove(path);
    expect(await rig.api.call('DELETE', path)).toEqual(refusal(404, 'toxic not found'));
    const again = await rig.api.call('POST', path.replace('/mine', ''), { type: 'noop', name: 'mine' });
    expect(again).toEqual(json(200, expect.objectContaining({ type: 'noop' })));
  },
};
