/** The supervisor's command line: `--name NAME --pid-file PATH -- COMMAND…`. */
export interface Arguments {
  readonly name: string;
  readonly pidFile: string;
  readonly program: string;
  readonly args: readonly string[];
}

const usage = 'usage: supervisor --name NAME --pid-file PATH -- COMMAND [ARGUMENT…]';

/** Throws an Error that says what is wrong and how it should look. */
export function parseArguments(argv: readonly string[]): Arguments {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const [program, ...args] = end < 0 ? [] : argv.slice(end + 1);
  const unknown = own.find((word, index) => index % 2 === 0 && word !== '--name' && word !== '--pid-file');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}\n${usage}`);
  const name = optionOf('--name', own);
  const pidFile = optionOf('--pid-file', own);
  if (program === undefined) throw new Error(`there is no command after "--"\n${usage}`);
  return { name, pidFile, program, args };
}

function optionOf(option: string, words: readonly string[]): string {
  const value = words[words.indexOf(option) + 1];
  if (!words.includes(option) || value === undefined || value === '') throw new Error(`${option} is missing\n${usage}`);
  return value;
}
