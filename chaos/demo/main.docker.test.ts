/**
 * A real demo in containers. Grafana's image cannot be had everywhere: what stands in for it here proves that files, settings, ports and
 * removal are right; it proves nothing of what Grafana makes of them.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { connectEngine, type Dockerode } from '../platform/docker/engine.ts';
import { imageFor } from '../platform/docker/images.ts';
import { runLabel } from '../platform/docker/labels.ts';
import { dockerProvider } from '../platform/docker/provider.ts';
import { findRemains } from '../platform/docker/removal.ts';
import { Demo } from './demo.fixture.ts';
import { startGrafana } from './grafana-container.ts';

const availability = await dockerProvider.check();
const standIn = 'openclaw-chaos/grafana-stand-in:test';
/** Grafana's own user in its image. */
const grafanaUid = 472;

let demo: Demo | undefined;
afterEach(() => demo?.clearAway());

async function buildStandIn(dockerode: Dockerode): Promise<void> {
  const dockerfile = `FROM ${imageFor('CHAOS_IMAGE_BASE')}
COPY grafana-stand-in.pl /
USER ${grafanaUid}
CMD ["perl", "/grafana-stand-in.pl"]
`;
  const context = await mkdtemp(join(tmpdir(), 'grafana-stand-in-'));
  await cp(join(import.meta.dirname, 'fixture/grafana-stand-in.pl'), join(context, 'grafana-stand-in.pl'));
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  const output = await dockerode.buildImage({ context, src: ['.'] }, { t: standIn, rm: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  dockerode.modem.followProgress(output, (error) => (error ? reject(error) : resolve()));
  await promise;
  await rm(context, { recursive: true });
}

function suite(): void {
  let dockerode: Dockerode;
  beforeAll(async () => {
    dockerode = (await connectEngine()).container.dockerode;
    await buildStandIn(dockerode);
  }, 60_000);
  afterAll(() => dockerode.getImage(standIn).remove({ force: true }));

  it('gives Grafana its files, settings and Prometheus, on loopback only, and removes it with the rest', async () => {
    demo = new Demo(dockerProvider, ['--seed', '1'], { CHAOS_IMAGE_GRAFANA: standIn });
    const [, url = ''] = await demo.says(/Grafana +(http:\/\/127\.0\.0\.1:\d+)/);
    const seen = await (await fetch(`${url}/`)).text();
    expect(seen).toContain(`uid ${grafanaUid}`);
    expect(seen).toMatch(/^file \/etc\/grafana\/provisioning\/datasources\/\S+\.yaml$/m);
    expect(seen).toMatch(/^file \/etc\/grafana\/provisioning\/dashboards\/\S+\.yaml$/m);
    expect(seen).toMatch(/^file \/var\/lib\/grafana\/dashboards\/overview\.json$/m);
    expect(seen).toMatch(/^env GF_AUTH_ANONYMOUS_ENABLED=true$/m);
    expect(seen).toMatch(/^prometheus 200$/m);

    const filters = { label: [`${runLabel}=${demo.runId}`] };
    const containers = await dockerode.listContainers({ filters });
    for (const name of ['grafana', 'prometheus']) {
      const found = containers.find(({ Names: [own] }) => own?.endsWith(`-${name}`));
      const published = found?.Ports.filter(({ PublicPort }) => PublicPort !== undefined) ?? [];
      expect(
        published.map(({ IP }) => IP),
        name,
      ).toEqual(['127.0.0.1']);
    }
    expect(await demo.knows('chaos_run_info{scenario="demo",platform="docker"}')).toHaveLength(1);

    await demo.says(/link-down-client-session: proved/);
    demo.child.kill('SIGINT');
    const [code] = await demo.exited;
    expect(demo.text).toContain('link-down-client-session: HEALED (enable-link)');
    expect(code).toBe(130);
    expect(await findRemains(dockerode, demo.runId)).toEqual([]);
    await demo.nothingLeft();
  }, 180_000);

  it('goes on without Grafana where its image is not', async () => {
    process.env.CHAOS_IMAGE_GRAFANA = 'openclaw-chaos/no-grafana:none';
    const { signal } = new AbortController();
    const found = await startGrafana({ runId: 'demo-none', runDir: '/nowhere', root, signal });
    delete process.env.CHAOS_IMAGE_GRAFANA;
    expect(found).toEqual({ missing: 'openclaw-chaos/no-grafana:none' });
    expect(await findRemains(dockerode, 'demo-none')).toEqual([]);
  });
}

if (availability.available) {
  describe('a demo on platform docker', suite);
} else {
  it('plays on platform docker', ({ skip }) => {
    const why = `no Docker engine answers (tried ${availability.tried}), so NOTHING of a demo in containers was tested: ${availability.mend}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.error(why);
    skip(why);
  });
}
