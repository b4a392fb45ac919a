/** The supervisor's process; one runs above each layer. */
import { type Arguments, parseArguments } from './arguments.ts';
import { configurationError } from './restart-delay.ts';
import { supervise } from './supervise.ts';

let parsed: Arguments;
try {
  parsed = parseArguments(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`openclaw supervisor: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(configurationError);
}
await supervise(parsed);
