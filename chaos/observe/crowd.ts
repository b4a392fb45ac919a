/** The crowd: many sessions beside the user's, to see what becomes of them when all are cut off and come back at once. */
import { SessionClient } from '../drivers/session-client.ts';
import type { CrowdLoad } from '../scenario.ts';
import { nowMs } from './clock.ts';
import { type Tally, tally } from './durable.ts';

export interface CrowdOptions {
  readonly address: () => string;
  readonly token: string;
  readonly load: CrowdLoad;
}

/** Every member sends one message in this time; they take turns. */
const messageEveryMs = 2_000;

/** All connected for less than this is not back. */
const lastingMs = 1_000;

interface Member {
  readonly client: SessionClient;
  readonly index: number;
  sent: number;
}

export class Crowd implements Disposable {
  readonly #members: readonly Member[];
  readonly #timers: NodeJS.Timeout[];
  /** When all were connected: `toMs` is absent of the time that lasts. Unix ms. */
  readonly #whole: { readonly fromMs: number; toMs?: number }[] = [];
  #connected = 0;

  constructor({ address, token, load: { sessions, heartbeat = true } }: CrowdOptions) {
    this.#members = Array.from({ length: sessions }, (_, index) => {
      // Its acknowledgement may have been lost on the way, for all that a careless client knows: the last message is sent again.
      const onConnect = () => {
        this.#connected += 1;
        if (this.#connected === sessions) this.#whole.push({ fromMs: nowMs() });
        if (member.sent > 0) post(member, member.sent);
      };
      const onDisconnect = () => {
        const whole = this.#whole.at(-1);
        if (this.#connected === sessions && whole !== undefined) whole.toMs = nowMs();
        this.#connected -= 1;
      };
      const member: Member = {
        client: new SessionClient({ address, token, events: 'own', heartbeat, onConnect, onDisconnect }),
        index,
        sent: 0,
      };
      return member;
    });
    const turnMs = Math.max(5, messageEveryMs / sessions);
    let turn = 0;
    this.#timers = [
      setInterval(() => {
        const member = this.#members[turn++ % sessions];
        if (member === undefined) return;
        member.sent += 1;
        post(member, member.sent);
      }, turnMs),
    ];
  }

  /** Milliseconds for which all have been connected. */
  goodForMs(now: number): number {
    const whole = this.#whole.at(-1);
    return whole === undefined || whole.toMs !== undefined ? 0 : now - whole.fromMs;
  }

  /** Milliseconds from a heal until all were connected, for a second at least; until `endMs` if that never came about. */
  backAfterMs(healedMs: number, endMs: number): number {
    const back = this.#whole.find(
      ({ fromMs, toMs = Number.POSITIVE_INFINITY }) => toMs > Math.max(healedMs, fromMs + lastingMs),
    );
    return Math.max(0, (back?.fromMs ?? endMs) - healedMs);
  }

  /** Messages that wait for their acknowledgement. */
  get waiting(): number {
    return this.#members.reduce((sum, { client }) => sum + client.waiting, 0);
  }

  stopLoad(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Each acknowledged message once in the log of its own session, where it was said to be; a session that was not gone on with is lost. */
  tally(): Tally {
    const tallies = this.#members.map(({ client, index }) => {
      const messages = client.received.entries.filter(({ kind }) => kind === 'message');
      const { checked, lost, doubled } = tally(
        client.acknowledged.keys(),
        messages.map(({ id }) => id),
      );
      const changes = client.identityChanges > 0 ? [`session ${index + 1} of the crowd: not continued`] : [];
      const disorder = client.received.doubled > 0 ? [`session ${index + 1} of the crowd: entries came again`] : [];
      return { checked, lost: [...lost, ...changes], doubled: [...doubled, ...disorder] };
    });
    return {
      checked: tallies.reduce((sum, { checked }) => sum + checked, 0),
      lost: tallies.flatMap(({ lost }) => lost),
      doubled: tallies.flatMap(({ doubled }) => doubled),
    };
  }

  [Symbol.dispose](): void {
    this.stopLoad();
    for (const { client } of this.#members) client[Symbol.dispose]();
  }
}

function post({ client, index }: Member, number: number): void {
  client.post(`crowd-${index}-${number}`, { number });
}
