/** What passes between `start-engine.ts` and its worker. */
import type { EngineLimits } from './engine.ts';

export interface WorkerOptions {
  readonly artifact: string;
  readonly limits: EngineLimits;
}

/** Names the operation; the rest is its own. */
export type RequestHead = { readonly operation: string } & Readonly<Record<string, unknown>>;

export interface Request {
  readonly id: number;
  readonly head: RequestHead;
  readonly body: Uint8Array | undefined;
}

/** The head of an answer, as `main.go` writes it. */
export interface AnswerHead {
  readonly ok: boolean;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly failure?: string;
}

export type Message =
  | { readonly kind: 'ready'; readonly version: string }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly head: AnswerHead;
      readonly data: string;
      readonly memoryBytes: number;
    }
  /** The engine is gone, or never came to be. */
  | { readonly kind: 'dead'; readonly reason: string; readonly mend: string | undefined };
