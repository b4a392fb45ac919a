/** A gateway for tests of the runtime: keeps what it is told, and fails as it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command, RunReport, SkillEntry } from '../layer/wire.ts';

export class FakeGateway implements AsyncDisposable {
  readonly reports: RunReport[] = [];
  /** Path → the traceparent headers that came with it. */
  readonly traceparents = new Map<string, (string | undefined)[]>();
  readonly commands: Command[] = [];
  readonly acked: string[] = [];
  skills: readonly SkillEntry[] = [];
  live = true;
  /** Called for each request: `refuse` answers 500, `cut` closes the connection, `hold` says nothing. */
  mood: (path: string) => 'answer' | 'refuse' | 'cut' | 'hold' = () => 'answer';
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #port = 0;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the same port as before, if it was open before. */
  async open(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  command(id: string, skill: string, traceparent?: string): void {
    const trace = traceparent === undefined ? {} : { traceparent };
    this.commands.push({ id, kind: 'run', skill, session: null, requestedAt: Date.now(), ...trace });
  }

  cancel(run: string): void {
    const target = { skill: 'any', session: null, requestedAt: Date.now() };
    this.commands.push({ id: `cancel-${run}`, kind: 'cancel', run, ...target });
  }

  /** The newest that is known of a run. */
  record(id: string): RunReport | undefined {
    return this.reports.filter((report) => report.id === id).sort((a, b) => b.sequence - a.sequence)[0];
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const mood = this.mood(path);
    if (mood === 'cut') return void request.socket.destroy();
    if (mood === 'hold') return;
    const body = await readJson(request);
    if (mood === 'refuse') return void response.writeHead(500).end('{}');
    const { traceparent } = request.headers;
    this.traceparents.set(path, [...(this.traceparents.get(path) ?? []), traceparent as string | undefined]);
    const ack = /^\/v1\/commands\/([^/]+)\/ack$/.exec(path)?.[1];
    if (ack !== undefined) this.acked.push(decodeURIComponent(ack));
    if (path === '/v1/reports') this.reports.push(body as RunReport);
    if (path === '/v1/skills') this.skills = (body as { skills: SkillEntry[] }).skills;
    const open = this.commands.filter(({ id }) => !this.acked.includes(id));
    if (path.startsWith('/v1/commands?') && open.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ commands: open, live: this.live, accepted: true, duplicate: false }));
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}
