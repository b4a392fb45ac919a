/** What the operator's commands have in common: how they fail. */
import { type Command, CommanderError } from 'commander';
import { LayerError } from '../layer/errors.ts';

/** The command line, the environment or a file must be changed before it can work. */
export const invalid = 3;

/** Ends a command with one line for people. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Sets the process's exit code; says what went wrong in a line, unless it is a fault of ours. */
export async function runCommand(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}

function exitCodeFor(error: unknown): number {
  // Commander has said it already; for --help it is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : invalid;
  if (!(error instanceof CommandError || error instanceof LayerError)) throw error;
  process.stderr.write(`openclaw: ${error.message}\n`);
  return error instanceof CommandError ? error.exitCode : invalid;
}
