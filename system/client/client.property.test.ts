import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect, type Entry, type Gap, type Session } from './client.ts';
import { World } from './world.fixture.ts';

const runs = 100;

type Step =
  | { readonly do: 'send' | 'event' | 'lose' | 'repeat' | 'leave-out' }
  | { readonly do: 'carry'; readonly up: number; readonly down: number }
  | { readonly do: 'drop'; readonly code: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'read'; readonly items: number };

const carry: fc.Arbitrary<Step> = fc.record({ do: fc.constant('carry'), up: fc.nat(5), down: fc.nat(5) });
const always: fc.Arbitrary<Step>[] = [
  fc.constant({ do: 'send' }),
  fc.constant({ do: 'event' }),
  fc.constant({ do: 'repeat' }),
  fc.constant({ do: 'leave-out' }),
  carry,
  carry,
  carry,
  fc.record({ do: fc.constant('drop'), code: fc.constantFrom(1001, 1006, 1011, 1013, 4408, 4413, 4429) }),
  fc.record({ do: fc.constant('pass'), ms: fc.nat(4000) }),
  fc.record({ do: fc.constant('read'), items: fc.nat(4) }),
];

/** What one application did and saw. */
class Application {
  readonly world = new World();
  readonly session: Session = connect({ url: 'ws://x', token: 't', environment: this.world.environment });
  readonly items: (Entry | Gap)[] = [];
  readonly sent: Promise<number>[] = [];
  readonly #entries = this.session.entries();
  #wanted = 0;
  #reading: Promise<void> = Promise.resolve();

  read(items: number): void {
    this.#wanted += items;
    this.#reading = this.#reading.then(async () => {
      for (; this.#wanted > 0; this.#wanted -= 1) {
        const { value, done } = await this.#entries.next();
        if (done) return;
        this.items.push(value as Entry | Gap);
      }
    });
  }

  async play(step: Step): Promise<void> {
    const { world } = this;
    if (step.do === 'send') this.sent.push(this.session.send({ n: this.sent.length }));
    if (step.do === 'event') world.append('event', `e${world.log.length}`, null);
    if (step.do === 'lose') await world.loseLog();
    if (step.do === 'repeat') world.repeat();
    if (step.do === 'leave-out') world.leaveOut();
    if (step.do === 'carry') await world.carry(step.up, step.down);
    if (step.do === 'drop') await world.drop(step.code);
    if (step.do === 'pass') await world.pass(step.ms);
    if (step.do === 'read') this.read(step.items);
  }

  /** Nothing fails any more: everything gets where it belongs. */
  async heal(): Promise<void> {
    this.read(1000);
    await this.world.carry();
    // One that was left out is missed when the next one comes.
    this.world.append('event', 'last', null);
    for (let n = 0; n < 40; n += 1) {
      this.session.retryNow();
      await this.world.carry();
      await this.world.pass(250);
    }
  }
}

const idsOf = (items: readonly (Entry | Gap)[]) => items.flatMap((item) => (item.type === 'entry' ? item.id : []));

describe('whatever the network does', () => {
  it('the application gets every entry once and in order, and every message is stored once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...always), { maxLength: 60 }), async (steps) => {
        const application = new Application();
        for (const step of steps) await application.play(step);
        await application.heal();
        const { world, items, sent } = application;
        expect(items).toEqual(world.log);
        const offsets = await Promise.all(sent);
        const stored = world.log.filter(({ kind }) => kind === 'message');
        expect(offsets).toEqual(stored.map(({ offset }) => offset));
        expect(stored.map(({ body }) => body)).toEqual(sent.map((_, n) => ({ n })));
        application.session.close();
      }),
      { numRuns: runs },
    );
  });

  it('and where the server loses its log there is a gap, and order on both sides of it', async () => {
    const steps = fc.array(fc.oneof(...always, fc.constant<Step>({ do: 'lose' })), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const application = new Application();
        for (const step of steps) await application.play(step);
        await application.heal();
        const { world, items, sent } = application;
        let after = 0;
        for (const item of items) {
          if (item.type === 'entry') expect(item.offset).toBe(after + 1);
          after = item.type === 'gap' ? item.from : item.offset;
        }
        const last = items.slice(items.findLastIndex((item) => item.type === 'gap') + 1);
        expect(last).toEqual(world.log.slice(world.log.length - last.length));
        expect(after).toBe(world.log.length);
        expect(new Set(idsOf(last)).size).toBe(last.length);
        await Promise.all(sent);
        application.session.close();
      }),
      { numRuns: runs },
    );
  });
});
