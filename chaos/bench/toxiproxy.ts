/** `toxiproxy`: the embedded server against the real one, and both against no proxy at all, interleaved in one run. */
import { availableParallelism, loadavg } from 'node:os';
import { startLoad, type Target } from './toxiproxy-load.ts';
import { embeddedServer, proxyOn, realServer } from './toxiproxy-servers.ts';
import { tableOf } from './toxiproxy-table.ts';

const rounds = 8;
const budgetMs = 40_000;

/** What stands in each direction: nothing, or one toxic that does nothing, so that bytes pass through a stage. */
const chains = { '': [], ' + noop': ['upstream', 'downstream'] } as const;

/** Takes half a minute; less than one on a busy machine too. */
export async function benchToxiproxy(): Promise<void> {
  const [loadBefore = 0] = loadavg();
  await using held = new AsyncDisposableStack();
  const load = held.use(await startLoad());
  const program = process.env.CHAOS_REFERENCE_TOXIPROXY;
  const servers = program === undefined ? [] : [held.use(await realServer(program))];
  servers.push(held.use(await embeddedServer()));

  const targets: Target[] = [{ name: 'direct', port: load.port }];
  for (const [suffix, streams] of Object.entries(chains)) {
    for (const server of servers) {
      const toxics = streams.map((stream) => ({ type: 'noop', stream }));
      const proxy = { name: `proxy${targets.length}`, upstreamPort: load.port, toxics };
      targets.push({ name: `${server.name}${suffix}`, port: await proxyOn(server, proxy) });
    }
  }
  const results = await load.measure({ targets, rounds, budgetMs });

  console.log(
    `Toxiproxy: interleaved rounds; one process generates the load and answers it; ${availableParallelism()} cores, load average ${loadBefore.toFixed(1)}`,
  );
  console.log(tableOf(results));
  if (program === undefined) {
    console.log(
      '\nNo comparison with the real server: CHAOS_REFERENCE_TOXIPROXY is not set (the path of a toxiproxy-server 2.12.0).',
    );
  }
}
