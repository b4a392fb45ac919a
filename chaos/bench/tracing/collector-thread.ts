/** A thread of its own that takes traces and keeps none: what a collector costs must not be taken for what tracing costs. */
import { parentPort } from 'node:worker_threads';
import { SpanBook } from '../../traces/span-book.ts';
import { TraceReceiver } from '../../traces/trace-receiver.ts';

const receiver = await TraceReceiver.start(new SpanBook(() => {}, Number.POSITIVE_INFINITY));
parentPort?.postMessage(receiver.port);
