/** A toxic as the control plane knows it: what is to happen to the bytes of one direction of a proxy. */

/** The way that bytes go: upstream is client to server, downstream is server to client. */
export type Stream = 'upstream' | 'downstream';

export type Attributes = Readonly<Record<string, number>>;

export interface ToxicState {
  readonly name: string;
  readonly type: string;
  /** As it was given, for echoing it. */
  readonly stream: string;
  readonly direction: Stream;
  /** Chance, 0 to 1, that a connection has it; drawn per connection and direction. */
  readonly toxicity: number;
  readonly attributes: Attributes;
}
