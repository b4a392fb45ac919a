import { expect, it } from 'vitest';
import { logfmt } from './log.ts';

function linesOf(write: (log: ReturnType<typeof logfmt>) => void): string[] {
  const lines: string[] = [];
  write(logfmt('info', (line) => lines.push(line)));
  return lines;
}

it('writes logfmt with the values quoted that need it', () => {
  const [line] = linesOf((log) =>
    log('warn', 'Server is ready to receive web requests.', {
      file: 'a/b.yml',
      count: 3,
      err: new Error('line\n"two"'),
      nothing: '',
      absent: undefined,
    }),
  );
  expect(line).toMatch(
    /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=WARN msg="Server is ready to receive web requests\." file=a\/b\.yml count=3 err="line\\n\\"two\\"" nothing=""\n$/,
  );
});

it('leaves out what is below its level', () => {
  expect(linesOf((log) => log('debug', 'x'))).toEqual([]);
});
