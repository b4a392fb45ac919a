/** What tracing costs, as figures: each variant beside the one without tracing. */
import { type Figure, milliseconds, quantile } from '../system/figure.ts';

/** As measured of one variant, in turn with the others. */
export interface Measured {
  readonly name: string;
  /** Milliseconds from due time to process start. */
  readonly latenessMs: readonly number[];
  /** Messages per second, one a round. */
  readonly perSecond: readonly number[];
  readonly acknowledgedMs: readonly number[];
  /** Resident, all layers together. */
  readonly bytes: number;
}

const limit = 1.1;
const goal = `≤ ${limit}×`;

/** `on` beside `off`. */
export function tracingFigures(off: Measured, on: Measured): Figure[] {
  const times = (what: string, of: (measured: Measured) => readonly number[], share: number): Figure => {
    const [offMs, onMs] = [quantile(of(off), share), quantile(of(on), share)];
    const ratio = onMs / offMs;
    return { what, measured: milliseconds(onMs), beside: milliseconds(offMs), ratio, goal, met: ratio <= limit };
  };
  const [offRate, onRate] = [quantile(off.perSecond, 0.5), quantile(on.perSecond, 0.5)];
  const [offMb, onMb] = [off.bytes / 1e6, on.bytes / 1e6];
  return [
    times(`${on.name}: slot due → process start, p50`, ({ latenessMs }) => latenessMs, 0.5),
    times(`… p99 of ${on.latenessMs.length}`, ({ latenessMs }) => latenessMs, 0.99),
    {
      what: `${on.name}: messages per second, p50 of ${on.perSecond.length}`,
      measured: onRate.toFixed(0),
      beside: offRate.toFixed(0),
      // Fewer is worse: turned round, so that every ratio reads the same way.
      ratio: offRate / onRate,
      goal,
      met: offRate / onRate <= limit,
    },
    times('… sent → acknowledged, p50', ({ acknowledgedMs }) => acknowledgedMs, 0.5),
    times(`… p99 of ${on.acknowledgedMs.length}`, ({ acknowledgedMs }) => acknowledgedMs, 0.99),
    {
      what: `${on.name}: resident memory of all layers`,
      measured: `${onMb.toFixed(0)} MB`,
      beside: `${offMb.toFixed(0)} MB`,
      ratio: onMb / offMb,
    },
  ];
}
