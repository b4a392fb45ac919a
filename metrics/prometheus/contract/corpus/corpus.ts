/** The corpus by theme, without what was scraped just now: the same questions get the same answers at any time. */
import type { Case } from '../case.ts';
import { aggregations } from './aggregations.ts';
import { api } from './api.ts';
import { functions } from './functions.ts';
import { malformed } from './malformed.ts';
import { operators } from './operators.ts';
import { overTime } from './over-time.ts';
import { ranges } from './ranges.ts';
import { selectors } from './selectors.ts';

export const corpus: Readonly<Record<string, readonly Case[]>> = {
  selectors,
  operators,
  aggregations,
  functions,
  overTime,
  ranges,
  malformed,
  api,
};
