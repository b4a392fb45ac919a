/** What the layers say of a fault, measured from moments of the harness: as the embedded Prometheus answers it. */
import { beforeAll, expect, it } from 'vitest';
import { type Rig, rigForAll, startMs } from './prometheus/engine/fixture.ts';
import { sliOf } from './slis.ts';

const open = rigForAll();
const context = { rangeSeconds: 100 };
const atSecond = (second: number) => startMs / 1000 + second;

/** Changes from the second on; undefined: not there (any more). */
type Course = Readonly<Record<number, number | undefined>>;

/**
 * `1-cut` stands from 10.25 to 20.5. The runtime notices 1.5 s after, and is back 0.75 s after heal; it had lost and regained the gateway
 * before, and does so once more before the recorder, at 34, writes down when the fault ended. The session layer never notices.
 * `2-kill` at 40: the runtime dies with its memory, and never says that it regained the gateway. What is lost at 29.5 is no doing of
 * `3-reset`, which was over long before; `4-early` stood until after the gateway was back; `5-late` was noticed after its last blow.
 */
const lost: Course = { 0: 3, 12: 11.75, 30: 29.5, 41: 40.5, 43: undefined };
const regained: Course = { 0: 4, 22: 21.25, 32: 31.5, 43: undefined };
const cut = { injected: 10.25, seenFrom: 11, healed: 20.5, healSeenFrom: 34 };
const kill = { injected: 40, seenFrom: 41, healed: 44, healSeenFrom: 46 };
const reset = { injected: 22.5, seenFrom: 23, healed: 22.5, healSeenFrom: 34 };
const early = { injected: 11.5, seenFrom: 12, healed: 24, healSeenFrom: 34 };
const late = { injected: 26, seenFrom: 26, healed: 26, healSeenFrom: 34 };
const faults = { '1-cut': cut, '2-kill': kill, '3-reset': reset, '4-early': early, '5-late': late };

function valueAt(course: Course, second: number): number | undefined {
  const last = Object.keys(course)
    .map(Number)
    .filter((from) => from <= second)
    .at(-1);
  return last === undefined ? undefined : course[last];
}

function recorderText(second: number): string {
  return Object.entries(faults)
    .map(([fault, { injected, seenFrom, healed, healSeenFrom }]) => {
      const heal = `chaos_fault_recovery_start_timestamp_seconds{fault="${fault}",layer="gateway",vantage="user"}`;
      return [
        second >= seenFrom ? `chaos_fault_injection_timestamp_seconds{fault="${fault}"} ${atSecond(injected)}\n` : '',
        second >= healSeenFrom ? `${heal} ${atSecond(healed)}\n` : '',
      ].join('');
    })
    .join('');
}

function runtimeText(second: number): string {
  const line = (name: string, value: number | undefined) =>
    value === undefined ? '' : `openclaw_gateway_${name}_timestamp_seconds{layer="runtime"} ${atSecond(value)}\n`;
  return line('lost', valueAt(lost, second)) + line('regained', valueAt(regained, second));
}

let rig: Rig;
beforeAll(async () => {
  rig = open();
  for (let second = 0; second <= 50; second++) {
    await rig.scrape(recorderText(second), { second, target: 'c', labels: { job: 'chaos', instance: 'c' } });
    const labels = { job: 'openclaw', layer: 'runtime', instance: 'r' };
    await rig.scrape(runtimeText(second), { second, target: 'r', labels });
    await rig.scrape('', { second, target: 's', labels: { ...labels, layer: 'session', instance: 's' } });
  }
});

async function answer(name: 'detectSeconds' | 'reconnectSeconds', fault: string, layer: string) {
  const params = { fault, layer };
  const found = await rig.vector(sliOf(name).query(params, context), 50);
  const [expected] = sliOf(name).series(params, undefined as never);
  return { found, key: `{fault="${expected?.fault}",layer="${expected?.layer}"}` };
}

it.each([
  ['detectSeconds', '1-cut', 'runtime', '1.5'],
  ['detectSeconds', '2-kill', 'runtime', '0.5'],
  ['reconnectSeconds', '1-cut', 'runtime', '0.75'],
  ['detectSeconds', '4-early', 'runtime', '0.25'],
  ['detectSeconds', '5-late', 'runtime', '3.5'],
  ['reconnectSeconds', '5-late', 'runtime', '5.5'],
] as const)(
  '%s of %s by the %s is exact, and has the labels of a complete answer',
  async (name, fault, layer, value) => {
    const { found, key } = await answer(name, fault, layer);
    expect(found).toEqual({ [key]: value });
  },
);

it.each([
  ['detectSeconds', '1-cut', 'session'],
  ['reconnectSeconds', '1-cut', 'session'],
  ['reconnectSeconds', '2-kill', 'runtime'],
  ['detectSeconds', '3-reset', 'runtime'],
  ['reconnectSeconds', '3-reset', 'runtime'],
  ['reconnectSeconds', '4-early', 'runtime'],
] as const)('%s of %s by the %s, whom it cost nothing, has no value that could pass', async (name, fault, layer) => {
  expect((await answer(name, fault, layer)).found).toEqual({});
});
