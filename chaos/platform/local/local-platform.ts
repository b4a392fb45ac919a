/** A run's processes as the harness sees them: see `Platform`. */
import { ChaosError, InvalidInput } from '../../errors.ts';
import type { Manifest } from '../../manifest.ts';
import { known } from '../known.ts';
import type { Platform, ProcessIdentity, UndoStep } from '../platform.ts';
import type { ProxyPorts } from '../proxies.ts';
import { undoStep } from '../undo-step.ts';
import { endRun } from './end-run.ts';
import { killAllOf } from './exact-signal.ts';
import type { LocalNode } from './local-node.ts';
import type { Operator } from './operator.ts';
import type { LocalRun } from './part.ts';
import { boundLog, endOfLog } from './part-log.ts';
import { loopback, type PortClaim } from './ports.ts';
import { logOf, nodeHomeOf } from './run-folder.ts';
import { type LocalServer, prometheusPart, toxiproxyPart } from './servers.ts';

const boundLogsEveryMs = 5_000;

export interface LocalPorts extends ProxyPorts {
  readonly toxiproxy: number;
  readonly prometheus: number;
  /** Node → the port that it listens on itself. */
  readonly nodes: ReadonlyMap<string, number>;
}

export interface LocalParts {
  readonly run: LocalRun;
  readonly manifest: Manifest;
  readonly ports: LocalPorts;
  readonly claim: PortClaim;
  readonly nodes: ReadonlyMap<string, LocalNode>;
  readonly toxiproxy: LocalServer;
  readonly prometheus: LocalServer;
  readonly operator: Operator | undefined;
}

export class LocalPlatform implements Platform {
  readonly name = 'local';
  readonly toxiproxyUrl: string;
  readonly prometheusUrl: string;
  readonly #parts: LocalParts;
  readonly #bounding: NodeJS.Timeout;
  /** Servers that were ended because somebody asked for it. */
  readonly #stopped = new Set<LocalServer>();

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.toxiproxyUrl = parts.toxiproxy.url;
    this.prometheusUrl = parts.prometheus.url;
    this.#bounding = setInterval(() => this.#boundLogs(), boundLogsEveryMs).unref();
  }

  linkAddress(link: string): string {
    return `${loopback}:${known(this.#parts.ports.links, 'link', link)}`;
  }

  observerAddress(node: string): string {
    return `${loopback}:${known(this.#parts.ports.observers, 'node', node)}`;
  }

  home(node: string): string {
    return nodeHomeOf(this.#parts.run.folder, node);
  }

  signal(node: string, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    return this.#node(node).signal(signal);
  }

  signalSupervisor(node: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    return this.#node(node).signalSupervisor(signal);
  }

  process(node: string): Promise<ProcessIdentity | undefined> {
    return this.#node(node).process();
  }

  async incarnation(node: string): Promise<string | undefined> {
    return this.#node(node).incarnation();
  }

  crash(node: string): Promise<void> {
    return this.#node(node).crash();
  }

  restart(node: string): Promise<void> {
    return this.#node(node).restart();
  }

  hold(node: string): Promise<void> {
    return this.#node(node).hold();
  }

  raise(node: string): Promise<void> {
    return this.#node(node).raise();
  }

  async undo(step: UndoStep): Promise<void> {
    // What was done to a link went with Toxiproxy, if that has ended; which is told when the run is.
    if ('link' in step && this.#parts.toxiproxy.ended() !== undefined) return;
    await undoStep(this, step);
  }

  async shell(script: string, timeoutMs: number): Promise<{ readonly stdout: string; readonly exitCode: number }> {
    const { operator, manifest } = this.#parts;
    if (operator !== undefined) return operator.shell(script, timeoutMs);
    throw new InvalidInput('CHAOS_MANIFEST', `the manifest ${manifest.name} has no operator's shell`, {
      mend: 'give it `operator`',
    });
  }

  logs(node: string, maxBytes: number): Promise<string> {
    known(this.#parts.nodes, 'node', node);
    return endOfLog(logOf(this.#parts.run.folder, node), maxBytes);
  }

  async stopPrometheus(): Promise<void> {
    this.#stopped.add(this.#parts.prometheus);
    await killAllOf(this.#parts.run, prometheusPart);
  }

  /** Throws if a server ended, or if a node could not be brought back: then nothing that was seen afterwards says anything of the system. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { run, nodes, claim, toxiproxy, prometheus } = this.#parts;
    const failures = this.#failures();
    for (const server of [toxiproxy, prometheus]) this.#stopped.add(server);
    clearInterval(this.#bounding);
    await Promise.all([...nodes.values()].map((node) => node.abandon()));
    await endRun(run);
    await claim[Symbol.asyncDispose]();
    const [first] = [...failures, ...[...nodes.values()].flatMap(({ failure }) => failure ?? [])];
    if (first !== undefined) throw first;
  }

  /** Of the servers, which end with the run: to be asked before. */
  #failures(): readonly Error[] {
    const { run, toxiproxy, prometheus } = this.#parts;
    const servers = [
      ['Toxiproxy', toxiproxyPart, toxiproxy],
      ['Prometheus', prometheusPart, prometheus],
    ] as const;
    return servers.flatMap(([name, part, server]) => {
      const ended = server.ended();
      if (ended === undefined || this.#stopped.has(server)) return [];
      const mend = `its log: ${logOf(run.folder, part)}`;
      return [new ChaosError('CHAOS_SERVER', `${name} did not run to the end of the run: ${ended}`, { mend })];
    });
  }

  #node(node: string): LocalNode {
    return known(this.#parts.nodes, 'node', node);
  }

  #boundLogs(): void {
    const { run, nodes } = this.#parts;
    // A log that can't be bounded now may be later.
    for (const part of [...nodes.keys(), toxiproxyPart, prometheusPart])
      boundLog(logOf(run.folder, part)).catch(() => undefined);
  }
}
