/** The receiver of a run's traces, its journal behind it. Traces explain and decide nothing: a receiver that fails is a note. */
import type { JournalEntry } from '../journal/journal-records.ts';
import { SpanBook } from './span-book.ts';
import { TraceReceiver } from './trace-receiver.ts';

export interface TraceCollection extends AsyncDisposable {
  /** Undefined if nothing can be received. */
  readonly port: number | undefined;
}

/** Never throws, nor does its disposal, which writes down how many spans there were. */
export async function collectTraces(
  append: (entry: JournalEntry) => void,
  start: (book: SpanBook) => Promise<TraceReceiver> = TraceReceiver.start,
): Promise<TraceCollection> {
  const book = new SpanBook(append);
  const receiver = await start(book).catch((error: Error) => {
    noteIn(append, { type: 'note', text: 'no traces', detail: error.message });
    return undefined;
  });
  return {
    port: receiver?.port,
    [Symbol.asyncDispose]: async () => {
      await receiver?.[Symbol.asyncDispose]();
      noteIn(append, book.summary);
    },
  };
}

function noteIn(append: (entry: JournalEntry) => void, entry: JournalEntry): void {
  try {
    append(entry);
  } catch {
    // The journal itself keeps in mind that it has a hole, and whose line it was: that is what ends a run.
  }
}
