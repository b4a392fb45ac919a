/** Bounds of a server: the original has none of the first five. Times are the original's. */

export interface Limits {
  /** Of a request's body. */
  readonly bodyBytes: number;
  /** Of a request line and its headers together. */
  readonly headerBytes: number;
  /** Open connections to the API. */
  readonly apiConnections: number;
  readonly proxies: number;
  readonly toxicsPerProxy: number;
  /** Open client connections of one proxy. */
  readonly connectionsPerProxy: number;
  /** Until a request must have arrived whole. */
  readonly readMs: number;
  /** Until a request is answered; then it is a 503. */
  readonly answerMs: number;
  /** An API connection on which nothing is asked is closed after this. */
  readonly idleMs: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 1024 * 1024,
  headerBytes: 64 * 1024,
  apiConnections: 512,
  proxies: 1000,
  toxicsPerProxy: 100,
  connectionsPerProxy: 4096,
  readMs: 15_000,
  answerMs: 25_000,
  idleMs: 60_000,
};
