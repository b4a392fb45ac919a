/** The skill runtime's process. */
import { loadConfig } from '../layer/config.ts';
import { runLayer } from '../layer/lifecycle.ts';
import { startRuntime } from './runtime.ts';
import { settingsShape } from './settings.ts';

await runLayer('runtime', (context) => startRuntime(context, loadConfig(settingsShape)));
