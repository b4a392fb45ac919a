/** Compares what skills did, what the ledger and the gateway say, and what clients saw: lost, doubled, out of order. Pure. */
import type { LedgerRow } from '../drivers/ledger.ts';
import type { Received } from '../drivers/received-log.ts';
import { slotsDue } from '../observe/slots.ts';
import { messageNumber } from './clients.ts';
import type { Trace } from './soak-skills.ts';

/** What a run has come to, as the gateway tells it. */
export interface GatewayRun {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
}

export interface ClientView {
  /** Offset by id of each message that was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly received: readonly Received[];
  /** Entries that the server still has, read by somebody else afterwards. */
  readonly history: readonly Pick<Received, 'offset' | 'kind' | 'id'>[];
  /** Ids of its messages as they reached the gateway. */
  readonly delivered: readonly string[];
  readonly identityChanges: number;
}

export interface Evidence {
  /** Slots due in [fromMs, toMs) are owed. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly skills: Readonly<Record<string, { readonly everySeconds: number }>>;
  readonly trails: ReadonlyMap<string, readonly Trace[]>;
  readonly ledger: ReadonlyMap<string, LedgerRow>;
  readonly gateway: ReadonlyMap<string, GatewayRun>;
  /** Runs that the gateway accepted. */
  readonly accepted: readonly string[];
  readonly clients: readonly ClientView[];
}

export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'out-of-order' | 'disagreement';
  readonly text: string;
}

export interface Books {
  readonly checked: {
    readonly slots: number;
    readonly requests: number;
    readonly messages: number;
    readonly events: number;
  };
  readonly findings: readonly Finding[];
}

export function closeBooks(evidence: Evidence): Books {
  const { skills, trails, accepted, clients, fromMs, toMs } = evidence;
  const due = Object.entries(skills).flatMap(([skill, { everySeconds }]) =>
    slotsDue(everySeconds, fromMs, toMs).map((dueMs) => `${skill}@${dueMs}`),
  );
  const owed = [...due, ...accepted];
  const traces = [...trails.values()].flat();
  const findings = [
    ...owedRuns(owed, traces),
    ...doubledRuns(traces),
    ...[...trails].flatMap(([skill, trail]) => disorderOf(skill, trail)),
    ...owed.flatMap((run) => recordsOf(run, evidence)),
    ...clients.flatMap((client, index) => viewOf(client, index, owed)),
  ];
  return {
    checked: {
      slots: due.length,
      requests: accepted.length,
      messages: clients.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
      events: clients.length * owed.length,
    },
    findings,
  };
}

function owedRuns(owed: readonly string[], traces: readonly Trace[]): Finding[] {
  const ended = new Set(traces.flatMap(({ what, run }) => (what === 'end' ? run : [])));
  return owed.flatMap((run) => (ended.has(run) ? [] : { kind: 'lost' as const, text: `${run} never completed` }));
}

/** Of everything that ran, owed or not: nothing may begin or complete twice. */
function doubledRuns(traces: readonly Trace[]): Finding[] {
  const seen = new Map<string, number>();
  for (const { what, run } of traces) seen.set(`${what} ${run}`, (seen.get(`${what} ${run}`) ?? 0) + 1);
  return [...seen].flatMap(([event, times]) => {
    const [what, run] = event.split(' ');
    const text = `${run} ${what === 'begin' ? 'began' : 'completed'} ${times} times`;
    return times > 1 ? { kind: 'doubled' as const, text } : [];
  });
}

/** The slots of one skill complete in the order in which they were due. */
function disorderOf(skill: string, trail: readonly Trace[]): Finding[] {
  const slots = trail.flatMap(({ what, slot }) => (what === 'end' && slot !== null ? slot : []));
  return slots.flatMap((slot, index) => {
    const before = slots[index - 1] ?? 0;
    const text = `${skill}@${slot} completed after ${skill}@${before}`;
    return slot < before ? { kind: 'out-of-order' as const, text } : [];
  });
}

/** What the system itself says of a run that is owed. */
function recordsOf(run: string, { ledger, gateway }: Evidence): Finding[] {
  const row = ledger.get(run);
  const record = gateway.get(run);
  const found: Finding[] = [];
  const differs = (text: string) => found.push({ kind: 'disagreement', text });
  if (row === undefined) differs(`${run}: the ledger does not know it`);
  else if (row.outcome !== 'succeeded' || row.attempt !== 1)
    differs(`${run}: the ledger says ${row.outcome ?? row.state}, attempt ${row.attempt}`);
  if (record === undefined) differs(`${run}: the gateway does not know it`);
  else if (record.outcome !== 'succeeded') differs(`${run}: the gateway says ${record.outcome ?? record.state}`);
  return found;
}

function viewOf(
  { acknowledged, received, history, delivered, identityChanges }: ClientView,
  index: number,
  owed: readonly string[],
): Finding[] {
  const who = `client ${index + 1}`;
  const found: Finding[] = [];
  const add = (kind: Finding['kind'], text: string) => found.push({ kind, text: `${who}: ${text}` });
  if (identityChanges > 0) add('lost', `${identityChanges} times its session was not gone on with`);
  const messages = received.filter(({ kind }) => kind === 'message');
  const at = new Map(messages.map(({ id, offset }) => [id, offset]));
  for (const [id, offset] of acknowledged) {
    if (!at.has(id)) add('lost', `message ${id} was acknowledged, and is not in its log`);
    else if (at.get(id) !== offset)
      add('disagreement', `message ${id} was acknowledged at ${offset}, and is at ${at.get(id)}`);
  }
  if (at.size < messages.length) add('doubled', `${messages.length - at.size} messages are in its log twice`);
  const reached = new Set(delivered);
  for (const id of acknowledged.keys()) {
    if (!reached.has(id)) add('lost', `message ${id} was acknowledged, and did not reach the gateway`);
  }
  if (reached.size < delivered.length) add('doubled', 'messages reached the gateway twice');
  for (const [index, id] of delivered.entries()) {
    const before = delivered[index - 1] ?? '';
    if ((messageNumber(id) ?? 0) < (messageNumber(before) ?? 0))
      add('out-of-order', `${id} reached the gateway after ${before}`);
  }
  let last = 0;
  for (const { id } of messages) {
    const number = messageNumber(id) ?? 0;
    if (number < last) add('out-of-order', `message ${id} came after number ${last}`);
    last = Math.max(last, number);
  }
  let offset = 0;
  for (const entry of received) {
    if (entry.offset <= offset) add('doubled', `offset ${entry.offset} came after ${offset}`);
    else if (entry.offset > offset + 1) add('lost', `offsets ${offset + 1} to ${entry.offset - 1} never came`);
    offset = Math.max(offset, entry.offset);
  }
  const ends = Map.groupBy(
    received.flatMap(({ finished }) => finished ?? []),
    ({ id }) => id,
  );
  for (const run of owed) {
    const times = ends.get(run)?.length ?? 0;
    if (times === 0) add('lost', `was never told that ${run} finished`);
    if (times > 1) add('doubled', `was told ${times} times that ${run} finished`);
  }
  const seen = new Map(received.map((entry) => [entry.offset, entry]));
  for (const { offset: kept, kind, id } of history) {
    const own = seen.get(kept);
    if (own === undefined) add('lost', `${kind} ${id} at offset ${kept} never came`);
    else if (own.kind !== kind || own.id !== id)
      add('disagreement', `offset ${kept} was ${own.kind} ${own.id}, and is ${kind} ${id} in the history`);
  }
  return found;
}
