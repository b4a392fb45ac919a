/** The harness's user: one long-lived session, a stream of durable messages, and requests for runs whose end it waits to hear of. */
import { randomUUID } from 'node:crypto';
import { type RunRequest, RunRequests } from '../drivers/run-requests.ts';
import { SessionClient } from '../drivers/session-client.ts';
import { finishedRunOf } from '../drivers/session-frames.ts';
import { startTrace } from '../drivers/trace-start.ts';
import type { UserLoad } from '../scenario.ts';
import { nowMs } from './clock.ts';
import type { Recovered } from './streaks.ts';

const defaultMessagesPerSecond = 2;
const defaultRunEveryMs = 1000;
/** A user whose message or run has waited longer is not well served: no steady state. */
const patienceMs = 5000;
/** A round trip's end is not known any better than this, however soon it was begun. */
const leastResolutionMs = 1;

export interface UserOptions {
  readonly sessionAddress: () => string;
  /** Absent if the target has no way to ask for runs. */
  readonly gatewayAddress: (() => string) | undefined;
  readonly token: string;
  readonly load: UserLoad;
  readonly onConnection: (event: 'connected' | 'disconnected', atMs: number, detail: string) => void;
  readonly onRefused: (detail: string) => void;
  readonly onRoundTrip?: (roundTrip: RoundTrip) => void;
}

export interface InFlight {
  readonly message: number;
  readonly run: number;
}

/** Request → run → event on the user's connection, complete. */
export interface RoundTrip {
  readonly run: string;
  /** Names the trace that began with the request. */
  readonly trace: string;
  readonly requestedMs: number;
  /** Start of the last attempt that the gateway did not accept; undefined if it took the first. */
  readonly refusedAttemptMs: number | undefined;
  /** Start of the attempt that it accepted. */
  readonly acceptedAttemptMs: number;
  readonly finishedMs: number;
}

export class User implements Disposable {
  readonly client: SessionClient;
  readonly runs: RunRequests | undefined;
  readonly roundTrips: RoundTrip[] = [];
  /** When the session began; what ended before was nobody's promise. */
  firstConnectedMs: number | undefined;
  sent = 0;
  dropped = 0;
  readonly #succeeded = new Map<string, number>();
  readonly #accepted = new Map<string, RunRequest>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #postedMs = new Map<string, number>();
  readonly #onRoundTrip: (roundTrip: RoundTrip) => void;
  #ackedSinceMs: number | undefined;

  constructor(options: UserOptions) {
    const { load, sessionAddress, token, onConnection, onRoundTrip = () => {} } = options;
    this.#onRoundTrip = onRoundTrip;
    this.client = new SessionClient({
      address: sessionAddress,
      token,
      onConnect: ({ session, recovered }) => {
        this.firstConnectedMs ??= nowMs();
        onConnection('connected', nowMs(), recovered ? 'resumed' : `session ${session}`);
      },
      onDisconnect: (detail, atMs) => {
        this.#ackedSinceMs = undefined;
        onConnection('disconnected', atMs, detail);
      },
      onAck: (id, atMs) => {
        this.#postedMs.delete(id);
        this.#ackedSinceMs ??= atMs;
      },
      onEntry: (entry, atMs) => {
        const finished = finishedRunOf(entry);
        if (finished?.outcome !== 'succeeded') return;
        this.#succeeded.set(finished.id, this.#succeeded.get(finished.id) ?? atMs);
        this.#match(finished.id);
      },
    });
    this.runs = this.#requests(options);
    this.#every(1000 / (load.messagesPerSecond ?? defaultMessagesPerSecond), () => this.#post());
    if (this.runs) this.#every(load.runEveryMs ?? defaultRunEveryMs, () => this.#ask());
  }

  #requests({ gatewayAddress, token, load, onRefused }: UserOptions): RunRequests | undefined {
    if (gatewayAddress === undefined || load.runSkill === undefined) return undefined;
    return new RunRequests({
      address: gatewayAddress,
      token,
      skill: load.runSkill,
      session: () => this.client.session,
      onAccepted: (request) => {
        if (request.run !== undefined) this.#accepted.set(request.run, request);
        if (request.run !== undefined) this.#match(request.run);
      },
      onRefused: (_, detail) => onRefused(detail),
    });
  }

  #every(intervalMs: number, action: () => void): void {
    if (Number.isFinite(intervalMs)) this.#timers.push(setInterval(action, Math.max(20, intervalMs)));
  }

  #post(): void {
    const id = randomUUID();
    if (!this.client.post(id, { sent: this.sent }, startTrace().traceparent)) {
      this.dropped++;
      return;
    }
    this.sent++;
    this.#postedMs.set(id, nowMs());
  }

  /** Not before there is a session: its events are how the end of the run is heard of. */
  #ask(anyway = false): void {
    if (this.client.session !== undefined) this.runs?.ask(anyway);
  }

  /** The event may come before the answer to the request. */
  #match(run: string): void {
    const request = this.#accepted.get(run);
    const finishedMs = this.#succeeded.get(run);
    if (finishedMs === undefined || request?.acceptedAttemptMs === undefined) return;
    this.#accepted.delete(run);
    const { trace, requestedMs, refusedAttemptMs, acceptedAttemptMs } = request;
    const roundTrip = { run, trace, requestedMs, refusedAttemptMs, acceptedAttemptMs, finishedMs };
    this.roundTrips.push(roundTrip);
    this.#onRoundTrip(roundTrip);
  }

  /** Asks for a run at once: recovery has just begun, and its end is to be seen as exactly as can be. */
  probeEndToEnd(): void {
    this.#ask(true);
  }

  /** Sent, and not acknowledged; asked for, and not accepted. */
  get inFlight(): InFlight {
    return { message: this.client.waiting, run: this.runs?.pending ?? 0 };
  }

  /** Runs that were accepted and whose success has not been heard of. */
  get unfinished(): number {
    return this.#accepted.size;
  }

  /** How long it has been connected, heard, and told of its runs. */
  goodForMs(now: number): number {
    const { connectedSinceMs } = this.client;
    if (connectedSinceMs === undefined) return 0;
    const sends = this.#timers.length > 0 && this.sent > 0;
    const [oldestPost] = this.#postedMs.values();
    if (oldestPost !== undefined && now - oldestPost > patienceMs) return 0;
    const since = [sends ? this.#ackedSinceMs : connectedSinceMs];
    if (this.runs !== undefined) {
      const [oldestRun] = this.#accepted.values();
      if (now - (oldestRun?.acceptedMs ?? now) > patienceMs) return 0;
      since.push(this.roundTrips[0]?.finishedMs);
    }
    return Math.min(...since.map((atMs) => (atMs === undefined ? 0 : now - atMs)));
  }

  /** No more messages, no more requests; what is under way goes on. */
  stopLoad(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.length = 0;
    this.runs?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.stopLoad();
    this.client[Symbol.dispose]();
  }
}

/**
 * End to end has recovered with the first round trip all of which took place after recovery began: one whose request was accepted by
 * an attempt started since. (A run that was accepted before proves the way back only, and does not count.)
 */
export function endToEndRecovered(
  roundTrips: readonly RoundTrip[],
  recoveryStartMs: number,
  untilMs: number,
): Pick<Recovered, 'atMs' | 'resolutionMs'> | undefined {
  const [first] = roundTrips
    .filter(({ acceptedAttemptMs, finishedMs }) => acceptedAttemptMs >= recoveryStartMs && finishedMs < untilMs)
    .sort((a, b) => a.finishedMs - b.finishedMs);
  if (first === undefined) return undefined;
  // Since the attempt before it, which failed, or since recovery began nobody had tried: it may have been possible all the while.
  const triedMs = Math.max(recoveryStartMs, first.refusedAttemptMs ?? recoveryStartMs);
  return { atMs: first.finishedMs, resolutionMs: Math.max(leastResolutionMs, first.acceptedAttemptMs - triedMs) };
}
