/** What each endpoint does. */
import { type Answer, apiErrorOf, empty, errorMembers, json } from './answer.ts';
import { ApiError, toxicNotFound } from './errors.ts';
import { arrayText, objectText } from './json/write.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Proxies } from './proxies.ts';
import type { TcpProxy } from './proxy.ts';
import { readNewProxy, readProxies, readProxyChange } from './proxy-body.ts';
import { proxiesText, proxyText, toxicsText, toxicText } from './shapes.ts';
import type { ToxicState } from './toxic.ts';
import { readNewToxic, readToxicChange } from './toxic-body.ts';

/** The version of Toxiproxy whose API this is. */
export const version = '2.12.0';

export interface Api {
  readonly proxies: Proxies;
  readonly metrics: Metrics;
  readonly maxToxicsPerProxy: number;
}

/** A request as an endpoint sees it. A name that is no UTF-8 is undefined, and names nothing. */
export interface Call {
  readonly proxy: string | undefined;
  readonly toxic: string | undefined;
  readonly body: Buffer;
  readonly log: Logger;
}

export type Endpoint = (api: Api, call: Call) => Answer | Promise<Answer>;

export const endpoints = {
  Version: () => json(200, `{"version": "${version}"}\n`, 'application/json;charset=utf-8'),

  Metrics: async ({ metrics }) => json(200, await metrics.text(), metrics.contentType),

  ResetState: async ({ proxies }) => {
    await proxies.reset();
    return empty(204);
  },

  Populate: async ({ proxies }, { body, log }) => {
    const done: TcpProxy[] = [];
    const failure = await populate(proxies, body, done).catch(apiErrorOf);
    if (failure !== undefined) log.warn({ error: failure.message }, 'Populate errors');
    const list = done.length === 0 ? 'null' : arrayText(done.map(proxyText));
    const error = failure === undefined ? [] : errorMembers(failure);
    return json(failure?.status ?? 201, objectText([...error, ['proxies', list]]));
  },

  ProxyIndex: ({ proxies }) => json(200, proxiesText(proxies.list())),

  ProxyCreate: async ({ proxies }, { body }) => json(201, proxyText(await proxies.create(readNewProxy(body)))),

  ProxyShow: ({ proxies }, { proxy }) => json(200, proxyText(proxies.get(proxy))),

  ProxyUpdate: ({ proxies }, { proxy: name, body }) =>
    proxies.change(name, async (proxy) => {
      await proxies.update(proxy, readProxyChange(body, proxy));
      return json(200, proxyText(proxy));
    }),

  ProxyDelete: async ({ proxies }, { proxy }) => {
    await proxies.remove(proxy);
    return empty(204);
  },

  ToxicIndex: ({ proxies }, { proxy }) => json(200, toxicsText(proxies.get(proxy).toxics.list())),

  ToxicCreate: ({ proxies, maxToxicsPerProxy }, { proxy: name, body }) =>
    proxies.change(name, async ({ toxics }) => {
      const toxic = readNewToxic(body, (taken) => toxics.get(taken) !== undefined);
      if (toxics.list().length >= maxToxicsPerProxy) {
        throw new ApiError(`too many toxics: at most ${maxToxicsPerProxy} on a proxy`, 400);
      }
      await toxics.add(toxic);
      return json(200, toxicText(toxic));
    }),

  ToxicShow: ({ proxies }, { proxy, toxic }) => json(200, toxicText(toxicOf(proxies.get(proxy), toxic))),

  ToxicUpdate: ({ proxies }, { proxy: name, toxic, body }) =>
    proxies.change(name, async (proxy) => {
      const current = toxicOf(proxy, toxic);
      const change = readToxicChange(body, current);
      await proxy.toxics.update(current.name, change);
      return json(200, toxicText({ ...current, ...change }));
    }),

  ToxicDelete: ({ proxies }, { proxy: name, toxic }) =>
    proxies.change(name, async (proxy) => {
      await proxy.toxics.remove(toxicOf(proxy, toxic).name);
      return empty(204);
    }),
} satisfies Readonly<Record<string, Endpoint>>;

async function populate(proxies: Proxies, body: Buffer, done: TcpProxy[]): Promise<undefined> {
  await proxies.populate(readProxies(body), done);
}

function toxicOf(proxy: TcpProxy, name: string | undefined): ToxicState {
  const toxic = name === undefined ? undefined : proxy.toxics.get(name);
  if (toxic === undefined) throw toxicNotFound();
  return toxic;
}
