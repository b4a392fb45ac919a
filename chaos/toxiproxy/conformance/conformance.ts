/** What every Toxiproxy server must do, as a suite that is run against the original and against ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain } from './api.ts';
import { chains } from './cases/chains.ts';
import { clients } from './cases/clients.ts';
import { endings } from './cases/endings.ts';
import { latencies } from './cases/latency.ts';
import { limits } from './cases/limits.ts';
import { links } from './cases/links.ts';
import { liveChanges } from './cases/live-changes.ts';
import { pace } from './cases/pace.ts';
import { populate } from './cases/populate.ts';
import { proxies } from './cases/proxies.ts';
import { proxyUpdates } from './cases/proxy-updates.ts';
import { resets } from './cases/resets.ts';
import { routes } from './cases/routes.ts';
import { toxicUpdates } from './cases/toxic-updates.ts';
import { toxics } from './cases/toxics.ts';
import { wholeServer } from './cases/whole-server.ts';
import { type Cases, Rig, type ServerUnderTest, type StartServer } from './rig.ts';

/** These share a server: every case has names, ports and connections of its own. */
const side: Readonly<Record<string, Cases>> = {
  routes,
  proxies,
  'proxy updates': proxyUpdates,
  populate,
  toxics,
  'toxic updates': toxicUpdates,
  links,
  latency: latencies,
  pace,
  endings,
  limits,
  resets,
  chains,
  'live changes': liveChanges,
};

/** The same assertions for every server. */
export function describeToxiproxy(name: string, start: StartServer): void {
  describe(`Toxiproxy: ${name}`, () => {
    describeSideBySide(start);
    describeAlone('the whole server', wholeServer, start);
    describeAlone('clients', clients, start);

    it('has no metrics unless they are asked for', async () => {
      await using server = await started(start, false);
      await using rig = new Rig(server.url);
      expect(await rig.api.call('GET', '/metrics')).toEqual(plain(404, '404 page not found\n'));
    });
  });
}

/** The groups on one server, and it must live through all of them. */
function describeSideBySide(start: StartServer): void {
  let server: ServerUnderTest | undefined;
  const url = () => server?.url ?? expect.unreachable('the server is started first');

  describe.concurrent('one server', () => {
    beforeAll(async () => {
      server = await start({ proxyMetrics: true });
    });

    afterAll(async () => {
      await using rig = new Rig(url());
      expect((await rig.api.call('GET', '/version')).status).toBe(200);
      await server?.stop();
    });

    for (const [group, cases] of Object.entries(side)) {
      describe(group, () => {
        for (const [title, run] of Object.entries(cases)) {
          it(title, async () => {
            await using rig = new Rig(url());
            await run(rig);
          });
        }
      });
    }
  });
}

/** Each case on a server of its own. */
function describeAlone(group: string, cases: Cases, start: StartServer): void {
  describe(group, () => {
    for (const [title, run] of Object.entries(cases)) {
      it.concurrent(title, async () => {
        await using server = await started(start, true);
        await using rig = new Rig(server.url);
        await run(rig);
      });
    }
  });
}

async function started(start: StartServer, proxyMetrics: boolean): Promise<ServerUnderTest & AsyncDisposable> {
  const server = await start({ proxyMetrics });
  return { url: server.url, stop: () => server.stop(), [Symbol.asyncDispose]: () => server.stop() };
}
