/** Starts the engine in a thread of its own and speaks with it. */
import { Worker } from 'node:worker_threads';
import { committedArtifact } from './artifact.ts';
import type { Answer, Engine, EngineLimits, ErrorType, Selection } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { AnswerHead, Message, RequestHead, WorkerOptions } from './protocol.ts';

/** JSON has no infinity; no date is beyond this. */
const endOfTimeMs = 8.64e15;
/** Deeply nested queries need more than a thread has by default. */
const stackMb = 64;

interface Reply {
  readonly head: AnswerHead;
  readonly data: string;
  readonly memoryBytes: number;
}

/** Rejects with `EngineError` when the artifact cannot be used. `artifact` is a path; without it the committed one. */
export async function startEngine(options: {
  readonly limits: EngineLimits;
  readonly artifact?: string;
}): Promise<Engine> {
  const thread = new Thread({ artifact: options.artifact ?? committedArtifact, limits: options.limits });
  return engineOf(thread, await thread.ready);
}

class Thread {
  readonly ready: Promise<string>;
  readonly died: Promise<Error>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<Reply>>();
  #lastId = 0;
  #dead: EngineError | undefined;

  constructor(options: WorkerOptions) {
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: options,
      name: 'promql',
      // node:wasi announces itself as experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { stackSizeMb: stackMb },
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.ready = promise;
    const { promise: died, resolve: tellDeath } = Promise.withResolvers<Error>();
    this.died = died;
    const die = (reason: EngineError): void => {
      // Before the engine was ready, the reason says it all.
      reject(reason);
      const { message, mend = 'Start anew.' } = reason;
      const lost = new EngineError(`The PromQL engine died, and its samples are lost: ${message}`, mend);
      if (this.#bury(lost)) tellDeath(lost);
    };
    this.#worker.on('message', (message: Message) => {
      if (message.kind === 'ready') resolve(message.version);
      else if (message.kind === 'answer') this.#settle(message.id, message);
      else die(new EngineError(message.reason, message.mend));
    });
    this.#worker.on('error', (error) => die(new EngineError(String(error))));
    this.#worker.on('exit', () => die(new EngineError('its thread ended')));
  }

  /** Rejects with `EngineError` if the engine is dead, dies over it, or refuses. */
  call(head: RequestHead, body?: Uint8Array): Promise<Reply> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<Reply>();
    this.#pending.set(id, pending);
    this.#worker.postMessage({ id, head, body });
    return pending.promise;
  }

  async stop(): Promise<void> {
    this.#bury(new EngineError('The PromQL engine was stopped.'));
    await this.#worker.terminate();
  }

  #settle(id: number, reply: Reply): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (reply.head.failure === undefined) pending?.resolve(reply);
    else pending?.reject(new EngineError(reply.head.failure));
  }

  /** False if it had ended before. */
  #bury(error: EngineError): boolean {
    if (this.#dead !== undefined) return false;
    this.#dead = error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    return true;
  }
}

function engineOf(thread: Thread, version: string): Engine {
  const data = async (head: RequestHead, body?: Uint8Array): Promise<string> => (await thread.call(head, body)).data;
  const answer = async (head: RequestHead): Promise<Answer> => answerOf(await thread.call(head));
  return {
    version,
    died: thread.died,
    ingest: async ({ exposition, ...scrape }) =>
      JSON.parse(
        await data(
          {
            operation: 'ingest',
            ...scrape,
            ...(exposition && {
              answered: true,
              contentType: exposition.contentType,
              fallbackProtocol: exposition.fallbackProtocol,
            }),
          },
          exposition?.body,
        ),
      ),
    endTarget: async (target, timeMs) => void (await data({ operation: 'endTarget', target, timeMs })),
    query: (request) => answer({ operation: 'query', ...request }),
    queryRange: (request) => answer({ operation: 'queryRange', ...request }),
    series: (request) => answer({ operation: 'series', ...bounded(request) }),
    labelNames: (request) => answer({ operation: 'labelNames', ...bounded(request) }),
    labelValues: (label, request) => answer({ operation: 'labelValues', label, ...bounded(request) }),
    loadRules: async (files, { evaluationIntervalMs }) =>
      JSON.parse(await data({ operation: 'loadRules', files, evaluationIntervalMs })),
    evaluate: async (group, timeMs) => void (await data({ operation: 'evaluate', group, timeMs })),
    rules: () => data({ operation: 'rules' }),
    alerts: () => data({ operation: 'alerts' }),
    forgetBefore: async (timeMs) => void (await data({ operation: 'forgetBefore', timeMs })),
    size: async () => {
      const reply = await thread.call({ operation: 'size' });
      return { ...JSON.parse(reply.data), memoryBytes: reply.memoryBytes };
    },
    [Symbol.asyncDispose]: () => thread.stop(),
  };
}

function bounded(request: Selection): Selection {
  const within = (timeMs: number): number => Math.min(Math.max(timeMs, -endOfTimeMs), endOfTimeMs);
  return { ...request, startMs: within(request.startMs), endMs: within(request.endMs) };
}

function answerOf({ head, data }: Reply): Answer {
  if (head.ok) return { ok: true, data, warnings: head.warnings ?? [], infos: head.infos ?? [] };
  return { ok: false, errorType: (head.errorType ?? 'internal') as ErrorType, error: head.error ?? '' };
}
