/**
 * A layer's log file: the processes write to it themselves, so it goes on without whoever started them; here it is followed, and
 * kept small. What is over the size is copied to `NAME.log.1` and cut off; a line written between the two may be lost, and all of it is
 * where there is no room for the copy.
 */
import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const defaultMaxBytes = 10 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const maxLineLength = 16 * 1024;

export class LayerLog implements Disposable {
  readonly path: string;
  /** To be given to the processes as stdout and stderr; appends. */
  readonly fd: number;
  readonly #onLine: (line: string) => void;
  readonly #maxBytes: number;
  readonly #buffer = Buffer.alloc(chunkBytes);
  #decoder = new StringDecoder();
  #offset: number;
  #partial = '';

  /** `onLine` is told lines written from now on. */
  constructor(folder: string, name: string, onLine: (line: string) => void, maxBytes = defaultMaxBytes) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${name}.log`);
    this.fd = openSync(this.path, 'a+', 0o600);
    this.#offset = fstatSync(this.fd).size;
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
  }

  /** To be called now and then. */
  follow(): void {
    if (fstatSync(this.fd).size < this.#offset) this.#restart();
    for (;;) {
      const bytes = readSync(this.fd, this.#buffer, 0, chunkBytes, this.#offset);
      if (bytes === 0) break;
      this.#offset += bytes;
      this.#take(this.#decoder.write(this.#buffer.subarray(0, bytes)));
    }
    if (this.#offset > this.#maxBytes) this.#rotate();
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = (lines.pop() ?? '').slice(0, maxLineLength);
    for (const line of lines) this.#onLine(line.slice(0, maxLineLength));
  }

  #rotate(): void {
    const copy = `${this.path}.1`;
    try {
      copyFileSync(this.path, copy);
    } catch {
      rmSync(copy, { force: true, recursive: true });
    }
    ftruncateSync(this.fd, 0);
    this.#restart();
  }

  #restart(): void {
    this.#offset = 0;
    this.#partial = '';
    this.#decoder = new StringDecoder();
  }
}
