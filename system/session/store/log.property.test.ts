/** However messages, events and changed wishes follow each other: each session's log is the one that a plain list would be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../layer/wire.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { SessionStore } from './session-store.ts';

const names = ['a', 'b'] as const;
type Name = (typeof names)[number];

const event = (id: number, session: Name | null): GatewayEvent => ({
  id,
  at: 1,
  type: 'run.started',
  run: { id: `r${id}`, skill: 's', trigger: 'schedule', dueAt: 1, attempt: 1 },
  session,
});

const name = fc.constantFrom(...names);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('message' as const), session: name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('event' as const), session: fc.option(name) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('prefer' as const), session: name, events: fc.constantFrom('all', 'own') }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays the steps on a store and on lists, side by side. */
class Rig {
  readonly store: SessionStore;
  readonly lists: Record<Name, string[]> = { a: [], b: [] };
  readonly #wants: Record<Name, 'all' | 'own'> = { a: 'all', b: 'own' };
  #next = 1;

  constructor(limits: Partial<Limits> = {}) {
    this.store = new SessionStore(':memory:', () => true, { ...defaultLimits, ...limits });
    for (const session of names) this.#admit(session);
  }

  play(action: Step): void {
    const id = this.#next;
    if (action.do === 'prefer') {
      this.#wants[action.session] = action.events;
      this.#admit(action.session);
    } else if (action.do === 'message') {
      this.#next += 1;
      const [stored] = this.store.appendMessages([{ session: action.session, id: `m${id}`, bodyJson: '0' }]);
      this.lists[action.session].push(`m${id}`);
      expect(stored).toMatchObject({ fate: 'new', offset: this.lists[action.session].length });
    } else {
      this.#next += 1;
      const { shared, entries } = this.store.appendEvents([event(id, action.session)]);
      for (const session of names) {
        if (this.#wants[session] === 'all' || action.session === session) this.lists[session].push(String(id));
        const { shift } = this.store.sessions.find(session) ?? {};
        const told =
          shift == null ? entries.find((entry) => entry.session === session)?.offset : shift + (shared[0]?.seq ?? 0);
        if (this.lists[session].at(-1) === String(id))
          expect(told, 'as connections are told').toBe(this.lists[session].length);
      }
    }
  }

  /** All from an offset on, read page by page. */
  read(session: Name, after: number, pageSize: number): { readonly offset: number; readonly id: string }[] {
    const read = [];
    for (let from = after; ; from = read.at(-1)?.offset ?? from) {
      const page = this.store.page(session, from, pageSize);
      if (page.length === 0) return read;
      read.push(...page.map(({ offset, id }) => ({ offset, id })));
    }
  }

  #admit(session: Name): void {
    this.store.admit([{ owner: 'owner', session, events: this.#wants[session] }]);
  }
}

describe('a log', () => {
  it('has every message and event that its session wanted, at the offset that it was told under', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.nat(45),
        fc.integer({ min: 1, max: 9 }),
        (steps, seen, pageSize) => {
          const rig = new Rig();
          for (const action of steps) rig.play(action);
          for (const session of names) {
            const expected = rig.lists[session].map((id, index) => ({ offset: index + 1, id }));
            const after = Math.min(seen, expected.length);
            expect(rig.read(session, after, pageSize)).toEqual(expected.slice(after));
            expect(rig.store.sessions.find(session)).toMatchObject({ offset: expected.length, floor: 0 });
          }
          rig.store.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('loses, when shared events are trimmed, none after its floor, and no message', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const rig = new Rig({ events: 5 });
        for (const action of steps) rig.play(action);
        for (const session of names) {
          const list = rig.lists[session];
          const { floor = 0, offset } = rig.store.sessions.find(session) ?? {};
          expect(offset).toBe(list.length);
          const kept = rig.read(session, 0, 100);
          for (const { offset: at, id } of kept) expect(list[at - 1]).toBe(id);
          const whole = list.map((id, index) => ({ offset: index + 1, id }));
          expect(kept.filter(({ offset: at }) => at > floor)).toEqual(whole.slice(floor));
          if (floor > 0)
            expect(
              kept.map(({ offset: at }) => at),
              'the floor is no higher than it must be',
            ).not.toContain(floor);
          const isMessage = ({ id }: { readonly id: string }) => id.startsWith('m');
          expect(kept.filter(isMessage)).toEqual(whole.filter(isMessage));
        }
        rig.store.close();
      }),
      { numRuns: 100 },
    );
  });
});
