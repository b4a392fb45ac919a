/** The platform `docker`: Testcontainers, the real Toxiproxy and the real Prometheus. Loads Testcontainers only when it is used. */
import type { PlatformProvider } from '../platform.ts';

export const dockerProvider: PlatformProvider = {
  name: 'docker',
  abilities: ['own-disks'],
  async check() {
    const { checkEngine } = await import('./engine.ts');
    return checkEngine();
  },
  async needs() {
    const { dockerNeeds } = await import('./needs.ts');
    return dockerNeeds();
  },
  async prepare(request) {
    const { prepareDocker } = await import('./prepare.ts');
    return prepareDocker(request);
  },
  async start(request) {
    const { startDocker } = await import('./start.ts');
    return startDocker(request);
  },
  async recover(runId, evenIfAlive) {
    const { recoverDocker } = await import('./recover.ts');
    return recoverDocker(runId, evenIfAlive);
  },
};
