import pc from 'picocolors';
import { expect, it } from 'vitest';
import type { FaultEvent } from '../run/conduct-entry.ts';
import { DemoView } from './demo-view.ts';

function view() {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text.trimEnd()) } as unknown as NodeJS.WriteStream;
  const shown = new DemoView({ target: 'resilient', stream, colors: pc.createColors(false), isLive: false });
  return { shown, said: () => lines.splice(0).map((line) => line.replace(/^ *\d+\.\d s {2}/, '')) };
}
const event = (what: FaultEvent['what']): FaultEvent => ({ fault: 'kill-loop-gateway', what, atMs: 0, detail: 'why' });

it('tells what it waits for, and what comes of a fault, but not each of many blows', () => {
  const { shown, said } = view();
  shown.up();
  for (const what of ['injected', 'blow', 'blow', 'proved', 'over'] as const) shown.fault(event(what));
  expect(said()).toEqual([
    'waiting for the steady state',
    'kill-loop-gateway: INJECTED (why)',
    'kill-loop-gateway: proved (why)',
    'kill-loop-gateway: over; the system heals itself (why)',
  ]);
});

it('tells once that an alert fires, and that it is resolved, whether Prometheus answers in between or not', () => {
  const { shown, said } = view();
  shown.up();
  said();
  for (const firing of [[], ['OpenclawLayerDown'], undefined, ['OpenclawLayerDown'], undefined, []])
    shown.alerts(firing);
  expect(said()).toEqual(['alert fires: OpenclawLayerDown', 'alert resolved: OpenclawLayerDown']);
});

it('counts rounds that were cut short, and takes no layer that is being removed for one that fails', () => {
  const { shown, said } = view();
  shown.up();
  shown.cutShort();
  shown.down();
  said();
  shown.alerts(['OpenclawNoData']);
  expect(shown.tally.cutShort).toBe(1);
  expect(said()).toEqual([]);
});
