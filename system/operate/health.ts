/**
 * `npm run health`: how every layer and every skill is, as a table and one sentence.
 * Exit codes: 0 operational, 1 degraded, 2 down, 3 the command line or the environment is wrong.
 */
import { Command } from 'commander';
import { operated } from './addresses.ts';
import { runCommand } from './command.ts';
import { checkHealth } from './health-check.ts';
import { healthText } from './health-text.ts';
import { exitCodeOf } from './health-verdict.ts';
import { styleFor } from './style.ts';

const program = new Command('health')
  .description('How every layer and every skill is. Exit code: 0 operational, 1 degraded, 2 down, 3 wrong usage.')
  .option('--json', 'print the report as JSON, in the shape of system/operate/health-report.ts')
  .action(async ({ json = false }: { readonly json?: boolean }) => {
    const report = await checkHealth(operated());
    process.stdout.write(`${json ? JSON.stringify(report) : healthText(report, styleFor(process.stdout))}\n`);
    process.exitCode = exitCodeOf[report.status];
  });

await runCommand(program);
