import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../drivers/ledger.ts';
import { closeBooks, type Evidence } from './books.ts';
import type { Trace } from './soak-skills.ts';

const from = 1_700_000_000_000;
const slot = (second: number) => from + second * 1000;
const id = (second: number) => `beat@${slot(second)}`;

const ran = (run: string, at: number | null): Trace[] => [
  { what: 'begin', run, slot: at, attempt: 1 },
  { what: 'end', run, slot: at, attempt: 1 },
];

const row = (run: string): LedgerRow => ({
  sequence: 1,
  id: run,
  skill: 'beat',
  trigger: 'schedule',
  dueAt: null,
  attempt: 1,
  state: 'finished',
  outcome: 'succeeded',
});

const told = (offset: number, run: string) => ({
  offset,
  kind: 'event' as const,
  id: String(offset),
  atMs: 0,
  finished: { id: run, skill: 'beat', attempt: 1, outcome: 'succeeded' },
});
const message = (offset: number, number: number) => ({
  offset,
  kind: 'message' as const,
  id: `soak-0-${number}`,
  atMs: 0,
});

/** Two slots, one request, two messages: all as it should be. */
function sound(): Evidence {
  const owed = [id(0), id(1), 'asked'];
  const received = [message(1, 1), told(2, id(0)), told(3, id(1)), message(4, 2), told(5, 'asked')];
  return {
    fromMs: from,
    toMs: slot(2),
    skills: { beat: { everySeconds: 1 } },
    trails: new Map([['beat', [...ran(id(0), slot(0)), ...ran('asked', null), ...ran(id(1), slot(1))]]]),
    ledger: new Map(owed.map((run) => [run, row(run)])),
    gateway: new Map(owed.map((run) => [run, { id: run, state: 'finished', outcome: 'succeeded' }])),
    accepted: ['asked'],
    clients: [
      {
        acknowledged: new Map([
          ['soak-0-1', 1],
          ['soak-0-2', 4],
        ]),
        received,
        history: received,
        delivered: ['soak-0-1', 'soak-0-2'],
        identityChanges: 0,
      },
    ],
  };
}

function withClient(change: (client: Evidence['clients'][number]) => Partial<Evidence['clients'][number]>): Evidence {
  const evidence = sound();
  return { ...evidence, clients: evidence.clients.map((client) => ({ ...client, ...change(client) })) };
}

const withTrail = (change: (trail: readonly Trace[]) => readonly Trace[]): Evidence => {
  const evidence = sound();
  return { ...evidence, trails: new Map([['beat', change(evidence.trails.get('beat') ?? [])]]) };
};

describe('the books of a soak', () => {
  it('find nothing where everything is as it should be, and say what was checked', () => {
    expect(closeBooks(sound())).toEqual({
      checked: { slots: 2, requests: 1, messages: 2, events: 3 },
      findings: [],
    });
  });

  it.each<[string, Evidence, string, RegExp]>([
    ['a slot without an end', withTrail((trail) => trail.slice(0, -1)), 'lost', /beat@1700000001000 never completed/],
    [
      'a request that never ran',
      withTrail((trail) => trail.filter(({ run }) => run !== 'asked')),
      'lost',
      /asked never/,
    ],
    ['a slot that ran twice', withTrail((trail) => [...trail, ...ran(id(1), slot(1))]), 'doubled', /completed 2 times/],
    ['a slot that began twice', withTrail((trail) => [...trail.slice(0, 1), ...trail]), 'doubled', /began 2 times/],
    [
      'a run that nobody owed, twice',
      withTrail((trail) => [...trail, ...ran('x', null), ...ran('x', null)]),
      'doubled',
      /^x /,
    ],
    [
      'slots in another order',
      withTrail((trail) => trail.toReversed()),
      'out-of-order',
      /beat@1700000000000 completed after/,
    ],
    ['a ledger that forgot', { ...sound(), ledger: new Map() }, 'disagreement', /the ledger does not know it/],
    [
      'a ledger that says it failed',
      { ...sound(), ledger: new Map([...sound().ledger, [id(0), { ...row(id(0)), outcome: 'failed' }]]) },
      'disagreement',
      /the ledger says failed/,
    ],
    ['a gateway that forgot', { ...sound(), gateway: new Map() }, 'disagreement', /the gateway does not know it/],
    [
      'a gateway whose record stayed behind',
      { ...sound(), gateway: new Map([...sound().gateway, [id(0), { id: id(0), state: 'started', outcome: null }]]) },
      'disagreement',
      /the gateway says started/,
    ],
    [
      'an event that never came',
      withClient(({ received }) => ({ received: received.slice(0, 4), history: [] })),
      'lost',
      /never told that asked/,
    ],
    [
      'an event that came twice',
      withClient(({ received }) => ({ received: [...received, told(6, 'asked')] })),
      'doubled',
      /told 2 times that asked/,
    ],
    [
      'an acknowledged message that is gone',
      withClient(({ acknowledged }) => ({ acknowledged: new Map([...acknowledged, ['soak-0-3', 6]]) })),
      'lost',
      /message soak-0-3 was acknowledged/,
    ],
    [
      'a message stored twice',
      withClient(({ received }) => ({ received: [...received, message(6, 2)] })),
      'doubled',
      /1 messages are in its log twice/,
    ],
    [
      'messages in another order',
      withClient(() => ({ received: [message(1, 2), message(2, 1)], history: [] })),
      'out-of-order',
      /soak-0-1 came after number 2/,
    ],
    [
      'a gap in the offsets',
      withClient(({ received }) => ({ received: received.filter(({ offset }) => offset !== 2) })),
      'lost',
      /offsets 2 to 2 never came/,
    ],
    [
      'an offset that came again',
      withClient(({ received }) => ({ received: [...received, message(3, 3)] })),
      'doubled',
      /offset 3 came after 5/,
    ],
    [
      'a history that says something else',
      withClient(({ history }) => ({ history: history.map((entry) => ({ ...entry, id: 'other' })) })),
      'disagreement',
      /is message other in the history/,
    ],
    [
      'a message that did not reach the gateway',
      withClient(() => ({ delivered: ['soak-0-1'] })),
      'lost',
      /soak-0-2 was acknowledged, and did not reach/,
    ],
    [
      'a message that reached the gateway twice',
      withClient(({ delivered }) => ({ delivered: [...delivered, 'soak-0-2'] })),
      'doubled',
      /reached the gateway twice/,
    ],
    [
      'messages that reached the gateway in another order',
      withClient(({ delivered }) => ({ delivered: delivered.toReversed() })),
      'out-of-order',
      /soak-0-1 reached the gateway after soak-0-2/,
    ],
    ['a session that was not gone on with', withClient(() => ({ identityChanges: 1 })), 'lost', /1 times its session/],
  ])('find %s', (_, evidence, kind, text) => {
    const found = closeBooks(evidence).findings.filter((finding) => finding.kind === kind);
    expect(found.map((finding) => finding.text).join('\n')).toMatch(new RegExp(text.source, 'm'));
  });
});
