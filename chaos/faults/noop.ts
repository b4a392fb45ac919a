/** Does nothing: the control that shows what a run looks like without a fault. */
import { z } from 'zod';
import type { Fault } from './fault.ts';

const schema = z.strictObject({ kind: z.literal('noop'), healedBy: z.enum(['harness', 'system']).optional() });

export const noop: Fault<z.infer<typeof schema>> = {
  schema,
  healedBy: ({ healedBy = 'harness' }) => healedBy,
  duration: () => 'either',
  targets: () => ({ links: [], nodes: [] }),
  prepare() {
    return {
      undo: [],
      baseline: async () => {},
      inject: async () => {},
      prove: async () => ({ proved: true, evidence: 'nothing was done, on purpose' }),
    };
  },
};
