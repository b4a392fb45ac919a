/** A run's processes as the harness sees them: see `Platform`. */
import { InvalidInput } from '../../errors.ts';
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
import { prometheusPart } from './servers.ts';

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
  readonly operator: Operator | undefined;
}

export class LocalPlatform implements Platform {
  readonly name = 'local';
  readonly toxiproxyUrl: string;
  readonly prometheusUrl: string;
  readonly #parts: LocalParts;
  readonly #bounding: NodeJS.Timeout;

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.toxiproxyUrl = `http://${loopback}:${parts.ports.toxiproxy}`;
    this.prometheusUrl = `http://${loopback}:${parts.ports.prometheus}`;
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

  undo(step: UndoStep): Promise<void> {
    return undoStep(this, step);
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
    await killAllOf(this.#parts.run, prometheusPart);
  }

  /** Throws if the harness itself failed to bring a node back: then nothing that was seen afterwards says anything of the system. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { run, nodes, claim } = this.#parts;
    clearInterval(this.#bounding);
    await Promise.all([...nodes.values()].map((node) => node.abandon()));
    await endRun(run);
    await claim[Symbol.asyncDispose]();
    for (const { failure } of nodes.values()) if (failure !== undefined) throw failure;
  }

  #node(node: string): LocalNode {
    return known(this.#parts.nodes, 'node', node);
  }

  #boundLogs(): void {
    const { run, nodes } = this.#parts;
    // A log that can't be bounded now may be later.
    for (const part of nodes.keys()) boundLog(logOf(run.folder, part)).catch(() => undefined);
  }
}
