/** Toxics for property tests, and what may be done to them while connections are open. */
import fc from 'fast-check';
import type { Attributes, Stream } from '../toxic.ts';
import type { ToxicSet } from '../toxic-set.ts';
import { toxic } from './proxied.ts';

export interface ToxicSpec {
  readonly type: string;
  readonly attributes: Attributes;
}

const direction = fc.constantFrom<Stream>('upstream', 'downstream');
/** Few names, so that steps meet. */
const name = fc.constantFrom('a', 'b', 'c', 'd');
const toxicity = fc.constantFrom(0, 0.5, 1, 1, 1);

function spec(type: string, attributes: Readonly<Record<string, fc.Arbitrary<number>>>): fc.Arbitrary<ToxicSpec> {
  return fc.record({ type: fc.constant(type), attributes: fc.record(attributes) as fc.Arbitrary<Attributes> });
}

const milliseconds = fc.integer({ min: 0, max: 8 });

/** Those that lose nothing and end nothing, with values that a test can wait for. */
export const lossless: fc.Arbitrary<ToxicSpec> = fc.oneof(
  spec('latency', { latency: milliseconds, jitter: milliseconds }),
  spec('bandwidth', { rate: fc.integer({ min: 5000, max: 100_000 }) }),
  spec('slow_close', { delay: milliseconds }),
  spec('noop', {}),
  spec('slicer', {
    average_size: fc.integer({ min: 200, max: 5000 }),
    size_variation: fc.integer({ min: 0, max: 200 }),
    delay: fc.integer({ min: 0, max: 300 }),
  }),
);

/** All toxics; none takes longer than a test can wait for to see the end of a connection through. */
export const brief: fc.Arbitrary<ToxicSpec> = fc.oneof(
  lossless,
  spec('timeout', { timeout: milliseconds }),
  spec('reset_peer', { timeout: milliseconds }),
  spec('limit_data', { bytes: fc.integer({ min: 0, max: 20_000 }) }),
);

/** All toxics; some hold on to a connection for good. */
export const endless: fc.Arbitrary<ToxicSpec> = fc.oneof(
  brief,
  spec('latency', { latency: fc.constant(1e9), jitter: fc.constant(0) }),
  spec('bandwidth', { rate: fc.constant(0) }),
  spec('slow_close', { delay: fc.constant(1e12) }),
  spec('timeout', { timeout: fc.constant(1e9) }),
  spec('reset_peer', { timeout: fc.constant(1e9) }),
  spec('slicer', { average_size: fc.constant(1), size_variation: fc.constant(0), delay: fc.constant(1e12) }),
);

export type ToxicStep =
  | {
      readonly do: 'add';
      readonly name: string;
      readonly direction: Stream;
      readonly toxicity: number;
      readonly spec: ToxicSpec;
    }
  | { readonly do: 'update'; readonly name: string; readonly toxicity: number; readonly spec: ToxicSpec }
  | { readonly do: 'remove'; readonly name: string };

export function toxicSteps(specs: fc.Arbitrary<ToxicSpec>): fc.Arbitrary<ToxicStep> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), name, direction, toxicity, spec: specs }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('update' as const), name, toxicity, spec: specs }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  );
}

/** Does the step where it makes sense; an update keeps the type, and with it attributes of another one's stay. */
export async function takeToxicStep(toxics: ToxicSet, step: ToxicStep): Promise<void> {
  const current = toxics.get(step.name);
  if (step.do === 'add' && current === undefined) {
    await toxics.add(toxic(step.spec.type, step.spec.attributes, step));
  } else if (step.do === 'update' && current !== undefined) {
    const { toxicity: chance, spec: change } = step;
    await toxics.update(step.name, {
      toxicity: chance,
      attributes: change.type === current.type ? change.attributes : {},
    });
  } else if (step.do === 'remove' && current !== undefined) {
    await toxics.remove(step.name);
  }
}
