/** The supervisor's command line: `--name NAME --pid-file PATH [--until-stdin-ends] -- COMMAND…`. */
export interface Arguments {
  readonly name: string;
  readonly pidFile: string;
  /** Stop as at SIGTERM when whoever holds the other end of stdin is gone. */
  readonly untilStdinEnds: boolean;
  readonly program: string;
  readonly args: readonly string[];
}

const usage = 'usage: supervisor --name NAME --pid-file PATH [--until-stdin-ends] -- COMMAND [ARGUMENT…]';
const untilStdinEnds = '--until-stdin-ends';

/** Throws an Error that says what is wrong and how it should look. */
export function parseArguments(argv: readonly string[]): Arguments {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const [program, ...args] = end < 0 ? [] : argv.slice(end + 1);
  const pairs = own.filter((word) => word !== untilStdinEnds);
  const unknown = pairs.find((word, index) => index % 2 === 0 && word !== '--name' && word !== '--pid-file');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}\n${usage}`);
  const name = optionOf('--name', pairs);
  const pidFile = optionOf('--pid-file', pairs);
  if (program === undefined) throw new Error(`there is no command after "--"\n${usage}`);
  return { name, pidFile, untilStdinEnds: own.length > pairs.length, program, args };
}

function optionOf(option: string, words: readonly string[]): string {
  const value = words[words.indexOf(option) + 1];
  if (!words.includes(option) || value === undefined || value === '') throw new Error(`${option} is missing\n${usage}`);
  return value;
}
