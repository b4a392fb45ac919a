/** Many idle users at once: sessions that are opened, cut and resumed together. */
import { WebSocket } from 'ws';
import { parseAddress } from '../../drivers/address.ts';
import { parseServerFrame, type Welcome } from '../../drivers/session-frames.ts';
import { ChaosError } from '../../errors.ts';

interface Member {
  socket: WebSocket | undefined;
  welcome: Welcome | undefined;
  lastOffset: number;
}

const againAfterMs = 100;
const welcomeWithinMs = 10_000;
/** For all of a crowd; then the server does not take it. */
const togetherWithinMs = 120_000;

export class Crowd implements Disposable {
  readonly #members: Member[] = [];
  readonly #address: () => string;
  readonly #token: string;
  /** Resumes that were answered with another log than before: each is a loss. */
  notRecovered = 0;
  refusals = 0;

  constructor(address: () => string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Opens `count` more, so many at a time; resolves when all have been welcomed. */
  async grow(count: number, atOnce: number): Promise<void> {
    const added = Array.from(
      { length: count },
      (): Member => ({ socket: undefined, welcome: undefined, lastOffset: 0 }),
    );
    this.#members.push(...added);
    const waiting = added.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const member of waiting) await this.#join(member);
      }),
    );
  }

  /** All at once, without a word. */
  cut(): void {
    for (const { socket } of this.#members) socket?.terminate();
  }

  /** All at once, as users do whose server came back; resolves when the last one has been welcomed again. */
  async resume(): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#join(member)));
  }

  [Symbol.dispose](): void {
    this.cut();
  }

  async #join(member: Member): Promise<void> {
    const deadline = performance.now() + togetherWithinMs;
    while (!(await this.#attempt(member))) {
      if (performance.now() > deadline)
        throw new ChaosError('CHAOS_BENCH', `a session was refused again and again for ${togetherWithinMs / 1000} s`);
      this.refusals += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * againAfterMs));
    }
  }

  /** False if the server did not take it: it is tried again. */
  #attempt(member: Member): Promise<boolean> {
    const { host, port } = parseAddress(this.#address());
    const socket = new WebSocket(`ws://${host}:${port}/ws`, { perMessageDeflate: false });
    member.socket = socket;
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.terminate(), welcomeWithinMs);
      const before = member.welcome;
      const resumed = before && { session: before.session, epoch: before.epoch, after: member.lastOffset };
      const hello = { type: 'hello', protocol: 1, token: this.#token, kind: 'user', events: 'own', ...resumed };
      socket.on('open', () => socket.send(JSON.stringify(hello)));
      socket.on('message', (data) => {
        const frame = parseServerFrame(String(data));
        if (frame?.type === 'entry') member.lastOffset = frame.offset;
        if (frame?.type !== 'welcome') return;
        clearTimeout(timer);
        if (before !== undefined && !frame.recovered) this.notRecovered += 1;
        member.welcome = frame;
        resolve(true);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  }
}
