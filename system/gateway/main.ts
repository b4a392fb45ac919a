/** Gateway core, a process of its own: `node system/gateway/main.ts`. */
import { runLayer } from '../layer/lifecycle.ts';
import { startGateway } from './gateway.ts';

await runLayer('gateway', (context) => startGateway(context));
