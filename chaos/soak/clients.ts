/** The soak's users: sessions that send numbered messages without a pause, and one of them asks for runs. */
import { RunRequests } from '../drivers/run-requests.ts';
import { SessionClient } from '../drivers/session-client.ts';
import type { Platform } from '../platform/platform.ts';
import { askedSkill } from './soak-skills.ts';

export interface ClientsOptions {
  readonly platform: Platform;
  readonly token: string;
  readonly clients: number;
}

const messageEveryMs = 200;
const askEveryMs = 700;

export class Clients implements Disposable {
  readonly sessions: readonly SessionClient[];
  readonly requests: RunRequests;
  /** Why a request was refused for good; empty on a sound system. */
  readonly refused: string[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #sent: number[];

  constructor({ platform, token, clients }: ClientsOptions) {
    const address = () => platform.linkAddress('client-session');
    this.sessions = Array.from({ length: clients }, () => new SessionClient({ address, token }));
    this.#sent = this.sessions.map(() => 0);
    this.requests = new RunRequests({
      address: () => platform.linkAddress('client-gateway'),
      token,
      skill: askedSkill,
      session: () => this.sessions[0]?.session,
      onAccepted: () => {},
      onRefused: (_, detail) => this.refused.push(detail),
    });
  }

  get connected(): boolean {
    return this.sessions.every(({ connectedSinceMs }) => connectedSinceMs !== undefined);
  }

  /** Sent, and not acknowledged; asked for, and not accepted. */
  get inFlight(): number {
    return this.sessions.reduce((sum, { waiting }) => sum + waiting, this.requests.pending);
  }

  startLoad(): void {
    for (const index of this.sessions.keys()) this.#timers.push(setInterval(() => this.#post(index), messageEveryMs));
    this.#timers.push(setInterval(() => this.requests.ask(), askEveryMs));
  }

  /** No new messages and requests; those under way are seen through. */
  stopLoad(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  [Symbol.dispose](): void {
    this.stopLoad();
    this.requests[Symbol.dispose]();
    for (const session of this.sessions) session[Symbol.dispose]();
  }

  #post(index: number): void {
    const number = (this.#sent[index] ?? 0) + 1;
    // Refused only when a thousand wait already: then the number is not used up.
    if (this.sessions[index]?.post(messageId(index, number), { number })) this.#sent[index] = number;
  }
}

function messageId(client: number, number: number): string {
  return `soak-${client}-${number}`;
}

/** The number in {@link messageId}; undefined for ids of others. */
export function messageNumber(id: string): number | undefined {
  const number = /^soak-\d+-(\d+)$/.exec(id)?.[1];
  return number === undefined ? undefined : Number(number);
}
