/** Where ours differs on purpose, or has to: every known case with its reason. What is not here must be alike. */
import { type Case, instant, posted, requests } from '../case.ts';

export interface Difference {
  readonly because: string;
  /** `expect` is what the real one gives. */
  readonly cases: readonly Case[];
  /** What ours must say instead; in its status and somewhere in its body. */
  readonly ours: { readonly status: number; readonly says: string };
  /** The real one does not survive the question: only ours is asked. */
  readonly deadly?: true;
}

const amd64Logarithm: Difference = {
  because: "Go's logarithm is assembly on amd64 and wrong for denormals there; ours is right",
  cases: instant(300, 'ln(special{kind="denormal"})'),
  ours: { status: 200, says: '"-744.4400719213812"' },
};

export const differences: readonly Difference[] = [
  {
    because: 'not offered: nothing here needs it',
    cases: [
      ...requests('/api/v1/query_exemplars?query=flat\n/api/v1/alertmanagers', { expect: 'nothing' }),
      ...requests(`
      /api/v1/format_query?query=flat
      /api/v1/parse_query?query=flat
      /api/v1/metadata
      /api/v1/targets/metadata
      /api/v1/status/config
      /api/v1/status/flags
      /api/v1/status/runtimeinfo
      /api/v1/status/tsdb
    `),
    ],
    ours: { status: 404, says: '' },
  },
  {
    because: 'not offered: a parameter that is refused by name, rather than overlooked',
    cases: requests(`
      /api/v1/rules?match[]={team="night"}
      /api/v1/rules?group_limit=1
    `),
    ours: { status: 400, says: 'not supported here' },
  },
  {
    because: 'not offered: statistics of a query are overlooked, they change no result',
    cases: requests('/api/v1/query?query=flat&time=T(300)&stats=all'),
    ours: { status: 200, says: '"42"]}]}}' },
  },
  {
    because: 'not offered: there are no pages',
    cases: requests('/\n/graph'),
    ours: { status: 404, says: '404 page not found' },
  },
  {
    because: 'the real one overlooks a body that is no form, and misses the query; ours says why',
    cases: [posted('/api/v1/query', '{"query":"flat"}', 'application/json', 'error')],
    ours: { status: 400, says: 'unsupported Content-Type \\"application/json\\"' },
  },
  {
    because: 'the real one dies of it, out of memory; ours counts the steps beforehand',
    cases: instant(300, 'flat[100y:1ms]', { expect: 'error' }),
    ours: { status: 422, says: 'query processing would load too many samples into memory' },
    deadly: true,
  },
  {
    because: 'the real one is busy with it for minutes: its parser takes quadratic time',
    cases: instant(300, `1${'+1'.repeat(20_000)}`, { expect: 'error' }).map((one) => ({
      ...one,
      name: '1+1+1+… of 40 KB',
    })),
    ours: { status: 400, says: 'longer than 32768 bytes' },
    deadly: true,
  },
  // Where both run on another processor they agree.
  ...(process.arch === 'x64' ? [amd64Logarithm] : []),
];
