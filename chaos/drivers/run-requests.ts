/**
 * Asks a gateway for runs of a skill, again and again with the same key until each is accepted, as a careful client does.
 * Protocol `openclaw-gateway/1`.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { nowMs } from '../observe/clock.ts';
import { fullJitterMs } from './backoff.ts';
import { BadStatus, httpJson } from './http-json.ts';
import { startTrace } from './trace-start.ts';

const accepted = z.object({ run: z.object({ id: z.string().min(1) }) });
const attemptTimeoutMs = 3000;
/** Requests that no gateway has accepted yet; no more are made while there are so many. */
const maxPending = 10;

export interface RunRequest {
  readonly key: string;
  /** Trace that each attempt of it is a part of. */
  readonly trace: string;
  readonly traceparent: string;
  readonly requestedMs: number;
  /** Start of the attempt that was accepted. */
  acceptedAttemptMs?: number;
  /** Start of the attempt before that one, which was not. */
  refusedAttemptMs?: number;
  acceptedMs?: number;
  run?: string;
}

export interface RunRequestsOptions {
  readonly address: () => string;
  readonly token: string;
  readonly skill: string;
  readonly session: () => string | undefined;
  readonly onAccepted: (request: RunRequest) => void;
  /** The gateway, which never accepted one, refused for good (a bad request, a bad token): trying again is no use. */
  readonly onRefused: (request: RunRequest, detail: string) => void;
}

export class RunRequests implements Disposable {
  readonly requests: RunRequest[] = [];
  readonly #pending = new Map<RunRequest, NodeJS.Timeout | undefined>();
  readonly #options: RunRequestsOptions;
  #closed = false;
  #everAccepted = false;

  constructor(options: RunRequestsOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Asks for one more run. `anyway` overrides the limit by a little: for the request that proves a recovery. */
  ask(anyway = false): void {
    if (this.#closed || this.#pending.size >= maxPending + (anyway ? 5 : 0)) return;
    const request: RunRequest = { key: randomUUID(), ...startTrace(), requestedMs: nowMs() };
    this.requests.push(request);
    this.#pending.set(request, undefined);
    void this.#attempt(request, 0);
  }

  async #attempt(request: RunRequest, attempt: number): Promise<void> {
    const startedMs = nowMs();
    try {
      const run = await this.#post(request);
      if (!this.#pending.delete(request)) return;
      this.#everAccepted = true;
      Object.assign(request, { run, acceptedAttemptMs: startedMs, acceptedMs: nowMs() });
      this.#options.onAccepted(request);
    } catch (error) {
      if (!this.#pending.has(request)) return;
      request.refusedAttemptMs = startedMs;
      // Once it took a request like this, it is the system that has changed its mind, and that must not end the asking.
      if (error instanceof BadStatus && isFinal(error.status) && !this.#everAccepted) {
        this.#pending.delete(request);
        this.#options.onRefused(request, error.message);
        return;
      }
      this.#pending.set(
        request,
        setTimeout(() => void this.#attempt(request, attempt + 1), fullJitterMs(attempt)),
      );
    }
  }

  async #post({ key, traceparent }: RunRequest): Promise<string> {
    const { address, token, skill, session } = this.#options;
    const own = session();
    const { body } = await httpJson({
      address: address(),
      method: 'POST',
      path: `/v1/skills/${encodeURIComponent(skill)}/runs`,
      token,
      headers: { 'idempotency-key': key, traceparent },
      body: own === undefined ? {} : { session: own },
      timeoutMs: attemptTimeoutMs,
    });
    return accepted.parse(body).run.id;
  }

  /** Stops asking. What is in flight and not yet accepted is nobody's promise. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const timer of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}

/** 404 is not final: a gateway that has just started may not have been told of the skills yet. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![404, 408, 429].includes(status);
}
