/** `trace`: shows traces of a run, from its journal. */
import { InvalidInput } from '../errors.ts';
import { readJournal } from '../journal/journal-reader.ts';
import { counted } from '../terminal/event-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { traceLines } from '../terminal/trace-text.ts';
import { noteworthy, type Trace, tracesIn } from '../traces/trace.ts';
import { journalAt } from './journal-at.ts';

/** `id`: a trace's, or as much of its beginning as no other has; without it, those that are worth a look. */
export async function showTraces(run: string, id: string | undefined, terminal: Terminal): Promise<number> {
  const { columns, colors } = terminal;
  const file = await journalAt(run);
  const traces = tracesIn((await readJournal(file)).records);
  if (traces.length === 0) {
    throw new InvalidInput('CHAOS_TRACE', `${file}: no traces stand in it`, {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is called so.
      mend: 'give a run of a target that sends some: its manifest hands ${collector} to its layers',
    });
  }
  const shown = id === undefined ? noteworthy(traces) : [traceOf(id, traces)];
  for (const trace of shown) terminal.lines([...traceLines(trace, columns, colors), '']);
  terminal.line(colors.dim(`${shown.length} of ${counted(traces.length, 'trace')} in ${file}`));
  return 0;
}

function traceOf(id: string, traces: readonly Trace[]): Trace {
  const [found, ...others] = traces.filter((trace) => trace.id.startsWith(id.toLowerCase()));
  if (found !== undefined && others.length === 0) return found;
  const problem = found === undefined ? `no trace ${id} in this run` : `${others.length + 1} traces begin with ${id}`;
  const some = [found, ...others, ...noteworthy(traces)].flatMap((trace) => trace?.id ?? []).slice(0, 3);
  throw new InvalidInput('CHAOS_TRACE', problem, {
    mend: `give the id of one of its ${counted(traces.length, 'trace')}, such as ${some.join(', ')}; without an id, some are shown`,
  });
}
