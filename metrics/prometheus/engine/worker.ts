/** The engine's thread: one instance, requests one after the other. When the instance dies, so does the thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { readArtifact } from './artifact.ts';
import { EngineError } from './engine-error.ts';
import { Instance } from './instance.ts';
import type { Message, Request, WorkerOptions } from './protocol.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread, started by start-engine.ts');
const port = parentPort;
const options: WorkerOptions = workerData;

function post(message: Message): void {
  port.postMessage(message);
}

function die(error: unknown, output = ''): void {
  const reason = error instanceof Error ? error.message : String(error);
  const said = output.trim().split('\n')[0] ?? '';
  post({
    kind: 'dead',
    reason: said === '' ? reason : `${said} (${reason})`,
    mend: error instanceof EngineError ? error.mend : undefined,
  });
  port.close();
}

function serve(instance: Instance, { id, head, body }: Request): void {
  try {
    const answer = instance.call(head, body);
    post({ kind: 'answer', id, ...answer, memoryBytes: instance.memoryBytes });
  } catch (error) {
    die(error, instance.output);
  }
}

try {
  const instance = await Instance.start(readArtifact(options.artifact));
  const { head, data } = instance.call({ operation: 'start', ...options.limits });
  if (head.failure !== undefined) throw new Error(head.failure);
  port.on('message', (request: Request) => serve(instance, request));
  post({ kind: 'ready', version: JSON.parse(data).version });
} catch (error) {
  die(error);
}
