/** Entry point of the session layer (layer 1): WebSocket sessions on port 3018. */
import { loadConfig } from '../layer/config.ts';
import { runLayer } from '../layer/lifecycle.ts';
import { sessionConfig } from './config.ts';
import { startSessionLayer } from './session-layer.ts';

await runLayer('session', ({ version, log, registry }) =>
  startSessionLayer({ config: loadConfig(sessionConfig), version, log, registry }),
);
