/** The server as users run it: a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { ToxicState } from '../toxic.ts';

export class ServerProcess implements AsyncDisposable {
  readonly #child = spawn(process.execPath, [new URL('../main.ts', import.meta.url).pathname, '-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** Of its API. */
  readonly url = this.#address();

  /** Where the proxy listens. */
  async proxyTo(port: number, toxics: readonly ToxicState[]): Promise<number> {
    const { listen } = await this.#post('/proxies', {
      name: 'p',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${port}`,
    });
    for (const toxic of toxics) await this.#post('/proxies/p/toxics', toxic);
    return Number((listen as string).split(':').at(-1));
  }

  /** Resident set, in bytes. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${await this.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  async #address(): Promise<string> {
    // The log is read to its end: a full pipe would stall the server.
    const lines = createInterface({ input: this.#child.stdout });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    lines.on('line', (line) => {
      const address = /"address":"([^"]+)"/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
    lines.on('close', () => reject(new Error('the server ended before it listened')));
    return await promise;
  }
}
