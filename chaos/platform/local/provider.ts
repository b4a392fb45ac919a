/** The platform `local`: processes of this machine, with the Toxiproxy and the Prometheus of this project. Needs Linux and Node. */
import type { PlatformProvider } from '../platform.ts';
import { checkMachine, checkProcesses, localNeeds } from './check.ts';
import { recoverLocal } from './recover.ts';
import { startLocal } from './start.ts';

export const localProvider: PlatformProvider = {
  name: 'local',
  check: async () => checkMachine(),
  checkRecover: async () => checkProcesses(),
  needs: async () => localNeeds(),
  start: (request) => startLocal(request),
  recover: (runId, evenIfAlive) => recoverLocal(runId, evenIfAlive),
};
