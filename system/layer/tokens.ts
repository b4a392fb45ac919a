/**
 * Who may talk to a layer: the owner, with the main token (`OPENCLAW_TOKEN`, else `state/token`, made on first use), and whoever has a
 * token in `state/tokens/NAME`. Files that are added, changed or removed count within a second, without restart.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';
import { ConfigError } from './config.ts';
import { errorCode } from './errors.ts';
import { FailureLimit } from './failure-limit.ts';
import { readOrMakeToken, readToken } from './token-file.ts';

/** The name that goes with the main token; no file in `state/tokens` can have it. */
export const ownerName = 'owner';
const otherNames = /^(?!owner$)[a-z0-9][\w.-]{0,63}$/i;
const maxOthers = 1000;
const rereadMs = 1000;

export interface TokenConfig {
  readonly home: string;
  readonly host: string;
  readonly token?: string | undefined;
}

/** `retryAfterMs`: this address failed too often, and nothing was compared. */
export type TokenCheck =
  | { readonly ok: true; readonly owner: string }
  | { readonly ok: false; readonly retryAfterMs?: number };

interface Holder {
  readonly owner: string;
  readonly token: string;
  readonly digest: Buffer;
}

/** Throws {@link ConfigError} if others than this machine could connect and no token was set; makes one otherwise. */
export function openTokens(config: TokenConfig, layer: string, registry: Registry): Tokens {
  const file = join(config.home, 'state', 'token');
  if (config.token === undefined && !isLoopback(config.host) && readToken(file) === undefined) {
    throw new ConfigError([
      `OPENCLAW_TOKEN (not set) is required while OPENCLAW_HOST is ${JSON.stringify(config.host)}, which others than this machine may reach: ` +
        `set it, put a token into ${file}, or set OPENCLAW_HOST to 127.0.0.1`,
    ]);
  }
  if (config.token === undefined) readOrMakeToken(file);
  return new Tokens(config, layer, registry);
}

export class Tokens {
  readonly #fixed: string | undefined;
  readonly #mainFile: string;
  readonly #othersFolder: string;
  readonly #failures = new FailureLimit();
  readonly #countFailure: () => void;
  #main: Holder | undefined;
  #others: readonly Holder[] = [];
  #readAt = Number.NEGATIVE_INFINITY;

  constructor({ home, token }: TokenConfig, layer: string, registry: Registry) {
    this.#fixed = token;
    this.#mainFile = join(home, 'state', 'token');
    this.#othersFolder = join(home, 'state', 'tokens');
    const failures = instrument(registry, 'openclaw_auth_failures_total');
    failures.inc({ layer }, 0);
    this.#countFailure = () => failures.inc({ layer });
  }

  /** The token with which this layer itself calls others. */
  get own(): string {
    this.#reread();
    return this.#main?.token ?? '';
  }

  /** `from` is the address that wrong tokens are counted for; the same one again is counted, but costs nothing. Takes as long for every wrong token. */
  check(given: string, from: string): TokenCheck {
    const address = from.replace(/^::ffff:/, '');
    const retryAfterMs = this.#failures.waitMs(address);
    if (retryAfterMs > 0) {
      this.#countFailure();
      return { ok: false, retryAfterMs };
    }
    const digest = digestOf(given);
    const owner = this.#ownerOf(digest);
    if (owner !== undefined) return { ok: true, owner };
    this.#countFailure();
    this.#failures.failed(address, digest.toString('base64'));
    return { ok: false };
  }

  #ownerOf(digest: Buffer): string | undefined {
    this.#reread();
    let owner: string | undefined;
    // All of them, and the main token last: how long it takes says nothing, and a copy of it elsewhere takes nothing away.
    for (const holder of this.#main === undefined ? this.#others : [...this.#others, this.#main]) {
      if (timingSafeEqual(holder.digest, digest)) owner = holder.owner;
    }
    return owner;
  }

  #reread(): void {
    if (performance.now() - this.#readAt < rereadMs) return;
    this.#readAt = performance.now();
    try {
      // Without a readable file the last token stays good: a disk that fails must not shut everybody out.
      const main = this.#fixed ?? readToken(this.#mainFile);
      if (main !== undefined && main !== this.#main?.token) this.#main = holder(ownerName, main);
      this.#others = readOthers(this.#othersFolder);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
    }
  }
}

function readOthers(folder: string): Holder[] {
  return namesIn(folder).flatMap((name) => {
    const token = readToken(join(folder, name));
    return token === undefined ? [] : [holder(name, token)];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => otherNames.test(name))
      .slice(0, maxOthers);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function holder(owner: string, token: string): Holder {
  return { owner, token, digest: digestOf(token) };
}

/** Of one length for all tokens: comparing tells nothing of theirs. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}
