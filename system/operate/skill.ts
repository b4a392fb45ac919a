/**
 * `npm run skill -- list | run NAME | show NAME | runs NAME | validate PATH`.
 * Exit codes: 0; 1 the run did not succeed; 2 nobody answered; 3 the command line, a name or a SKILL.md is wrong; 130 Ctrl-C.
 */
import { relative as relativePath } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { validateSkillFolder } from '../runtime/skills/validate.ts';
import { operated } from './addresses.ts';
import { invalid, runCommand } from './command.ts';
import { recentRuns } from './runs-of.ts';
import { followRun, requestRun } from './skill-run.ts';
import { allSkills, endText, listText, named, outcomeText, runsText, showText } from './skill-views.ts';
import { styleFor } from './style.ts';

const style = styleFor(process.stdout);
const print = (text: string) => void process.stdout.write(`${text}\n`);
const interrupted = 130;
const maxRuns = 100;

async function list(): Promise<void> {
  const where = operated();
  print(listText(await allSkills(where), where, Date.now(), style));
}

async function show(name: string): Promise<void> {
  const where = operated();
  print(showText(named(name, await allSkills(where)), where, Date.now(), style));
}

async function runs(name: string, { limit }: { readonly limit: number }): Promise<void> {
  const told = await recentRuns(operated(), name, limit);
  if (told.runs.length === 0) named(name, await allSkills(operated()));
  print(told.runs.length === 0 ? `No run of ${name} yet.` : runsText(told.runs, Date.now(), style));
  if (told.from === 'ledger') print(style('dim', "  (as the runtime's ledger says: the gateway does not answer)"));
}

async function run(name: string, { wait }: { readonly wait: boolean }): Promise<void> {
  const where = operated();
  // Without the runtime's word the gateway decides whether there is such a skill.
  const known = await allSkills(where).catch(() => undefined);
  if (known !== undefined) named(name, known);
  const asked = await requestRun(where, name);
  print(`run ${asked.id} of ${name}: ${asked.state}`);
  if (!wait) return print(style('dim', `  how it goes: npm run skill -- runs ${name}`));
  process.once('SIGINT', () => {
    print(`\nThe run goes on. How it ended: npm run skill -- runs ${name}`);
    process.exit(interrupted);
  });
  const ended = await followRun(where, asked.id, ({ state, attempt, finishedAt }) => {
    if (finishedAt === null && state !== asked.state) print(`${state}${attempt > 1 ? `, attempt ${attempt}` : ''}`);
  });
  if (ended.output) print(style('dim', ended.output.trimEnd()));
  const how = endText(ended);
  print(outcomeText(ended.outcome ?? 'unknown', style) + (how === '' ? '' : `: ${how}`));
  process.exitCode = ended.outcome === 'succeeded' ? 0 : 1;
}

async function validate(path: string): Promise<void> {
  const reports = await validateSkillFolder(path, process.env.PATH ?? '');
  for (const { name, file, skill, problems } of reports) {
    const shown = relativePath('.', file) || file;
    if (skill !== null) print(`${shown}: ${style('green', 'ok')}, ${name}, ${skill.schedule?.text ?? 'on request'}`);
    for (const { key, message, line } of problems)
      print(`${shown}${line === null ? '' : `:${line}`}: ${key === '' ? '' : `${key}: `}${style('red', message)}`);
  }
  if (reports.some(({ skill }) => skill === null)) process.exitCode = invalid;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= maxRuns) return value;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${maxRuns}`);
}

const program = new Command('skill').description('Skills of the system that runs on this machine.');
program.command('list').description('every skill, how it is and when it is due').action(list);
program
  .command('run <name>')
  .description('asks for a run and waits for its end; exit code 0 if it succeeded, 1 if not')
  .option('--no-wait', 'only ask for it')
  .action(run);
program.command('show <name>').description('everything there is to know of a skill').action(show);
program
  .command('runs <name>')
  .description('its latest runs, newest first')
  .option('--limit <n>', 'how many', count, 20)
  .action(runs);
program
  .command('validate <path>')
  .description('every problem of a SKILL.md, a skill, or a folder of skills; exit code 3 if there is one')
  .action(validate);

await runCommand(program);
