/** For tests: a demo as a process of its own, read along as a person would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import { root, runsDir } from '../commands/prepare.ts';
import type { PlatformProvider } from '../platform/platform.ts';
import { readUndoLog } from '../undo.ts';

interface Answer {
  readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

export class Demo {
  readonly provider: PlatformProvider;
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  #text = '';

  constructor(provider: PlatformProvider, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.provider = provider;
    const argv = [join(root, 'chaos/demo/main.ts'), '--platform', provider.name, '--every', '5s', ...args];
    this.child = spawn('node', argv, { cwd: root, env: { ...process.env, CI: '1', FORCE_COLOR: '0', ...env } });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data) => {
        this.#text += stripVTControlCharacters(String(data));
      });
  }

  get text(): string {
    return this.#text;
  }

  /** The first match, once there is one. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      if (this.child.exitCode !== null) throw new Error(`it ended before it said ${pattern}:\n${this.#text}`);
      await delay(50);
    }
  }

  get runId(): string {
    return /(?:\.chaos\/runs\/|openclaw-chaos-)(demo-\w+-[0-9a-f]{8})/.exec(this.#text)?.[1] ?? '';
  }

  get prometheusUrl(): string {
    return /Prometheus +(http:\S+)/.exec(this.#text)?.[1] ?? '';
  }

  async asks(query: string): Promise<Answer['data']['result']> {
    const response = await fetch(`${this.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await response.json()) as Answer).data.result;
  }

  /** Asked for until there is an answer: what was published a moment ago has to be scraped first. */
  async knows(query: string): Promise<readonly Record<string, string>[]> {
    for (;;) {
      const found = await this.asks(query);
      if (found.length > 0) return found.map(({ metric }) => metric);
      await delay(100);
    }
  }

  async nothingLeft(): Promise<void> {
    expect(this.runId).not.toBe('');
    expect(await this.provider.recover(this.runId)).toEqual([]);
    expect(await readUndoLog(join(runsDir, this.runId))).toEqual([]);
    await expect(fetch(`${this.prometheusUrl}/-/ready`)).rejects.toThrow();
  }

  /** For after a test: ended, whatever came of it, and its folder removed. */
  async clearAway(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.exited;
    if (this.runId !== '') await rm(join(runsDir, this.runId), { recursive: true, force: true });
  }
}
