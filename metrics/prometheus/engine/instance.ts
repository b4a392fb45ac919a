/** A running instance of the module: requests in, answers out, synchronously. `main.go` says how they lie in memory. */
import { WASI } from 'node:wasi';
import type { AnswerHead } from './protocol.ts';

/** What we use of it; the compiler knows it in browsers only. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { instantiate(module: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }> };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly buffer: (length: number) => number;
  readonly call: (head: number, length: number) => number;
}

/** What Go says during a call, such as why it panicked: no more than this of it. */
const keptOutput = 4096;

export class Instance {
  readonly #exports: Exports;
  readonly #output: { text: string };

  private constructor(exports: Exports, output: { text: string }) {
    this.#exports = exports;
    this.#output = output;
  }

  static async start(module: Uint8Array<ArrayBuffer>): Promise<Instance> {
    // Upstream's logger wants a name for its program.
    const wasi = new WASI({ version: 'preview1', args: ['promql'], env: {} });
    const imports = wasi.getImportObject() as { wasi_snapshot_preview1: { fd_write: unknown } };
    const output = { text: '' };
    let memory: Exports['memory'] | undefined;
    // Nothing of it may reach a person's terminal by itself.
    imports.wasi_snapshot_preview1.fd_write = (
      _fd: number,
      vectors: number,
      count: number,
      written: number,
    ): number => {
      const { text, length } = readVectors(memory?.buffer ?? new ArrayBuffer(0), vectors, count);
      output.text = (output.text + text).slice(0, keptOutput);
      if (memory !== undefined) new DataView(memory.buffer).setUint32(written, length, true);
      return 0;
    };
    const { instance } = await WebAssembly.instantiate(module, imports);
    const exports = instance.exports as Exports;
    memory = exports.memory;
    wasi.initialize(instance);
    return new Instance(exports, output);
  }

  /** Throws whatever ends the instance; it must not be called again then. */
  call(head: unknown, body: Uint8Array = new Uint8Array()): { head: AnswerHead; data: string } {
    this.#output.text = '';
    const text = new TextEncoder().encode(JSON.stringify(head));
    const length = text.length + body.length;
    const address = this.#exports.buffer(length) >>> 0;
    // Memory moves when it grows: a view is good until the next call only.
    const request = new Uint8Array(this.#exports.memory.buffer, address, length);
    request.set(text);
    request.set(body, text.length);
    return this.#read(this.#exports.call(text.length, length) >>> 0);
  }

  #read(places: number): { head: AnswerHead; data: string } {
    const memory = this.#exports.memory.buffer;
    const [headAt, headLength, dataAt, dataLength] = new Uint32Array(memory, places, 4);
    const decoder = new TextDecoder();
    return {
      head: JSON.parse(decoder.decode(new Uint8Array(memory, headAt, headLength))),
      data: decoder.decode(new Uint8Array(memory, dataAt, dataLength)),
    };
  }

  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** What Go wrote to its standard output and error during the last call. */
  get output(): string {
    return this.#output.text;
  }
}

function readVectors(memory: ArrayBuffer, vectors: number, count: number): { text: string; length: number } {
  const view = new DataView(memory);
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (let i = 0; i < count; i++) {
    const address = view.getUint32(vectors + 8 * i, true);
    const bytes = view.getUint32(vectors + 8 * i + 4, true);
    text += decoder.decode(new Uint8Array(memory, address, bytes));
    length += bytes;
  }
  return { text, length };
}
