/** A run's containers as the harness sees them: see `Platform`. */
import { join } from 'node:path';
import { InvalidInput } from '../../errors.ts';
import type { Manifest } from '../../manifest.ts';
import { withDeadline } from '../deadline.ts';
import { known } from '../known.ts';
import type { Platform, ProcessIdentity, UndoStep } from '../platform.ts';
import { undoStep } from '../undo-step.ts';
import type { AddressOf } from './addresses.ts';
import { containerLog } from './container-log.ts';
import { homeOf, nodeHome } from './containers.ts';
import { DockerDisks } from './disks.ts';
import type { Container, Engine } from './engine.ts';
import { execIn } from './exec.ts';
import { type Layout, toxiproxyApiPort } from './layout.ts';
import { killAll, nodeProcess, signalProcess, signalSupervisor } from './node-process.ts';
import { removeRun } from './removal.ts';
import { userHome } from './system-image.ts';

const callWithinMs = 15_000;
/** What a node gets to finish in before it is killed. */
const graceSeconds = 10;

export interface DockerParts {
  readonly engine: Engine;
  readonly runId: string;
  readonly runDir: string;
  readonly manifest: Manifest;
  readonly layout: Layout;
  readonly addressOf: AddressOf;
  readonly prometheusUrl: string;
  readonly nodes: ReadonlyMap<string, Container>;
  readonly prometheus: Container;
  readonly operator: Container | undefined;
}

export class DockerPlatform implements Platform {
  readonly name = 'docker';
  readonly toxiproxyUrl: string;
  readonly prometheusUrl: string;
  readonly disks: DockerDisks;
  readonly #parts: DockerParts;

  constructor(parts: DockerParts) {
    this.#parts = parts;
    this.toxiproxyUrl = `http://${parts.addressOf(toxiproxyApiPort)}`;
    this.prometheusUrl = parts.prometheusUrl;
    this.disks = new DockerDisks(parts.engine, (node) => ({
      container: this.#container(node),
      home: nodeHome,
      disks: parts.manifest.nodes[node]?.smallDisks ?? [],
    }));
  }

  linkAddress(link: string): string {
    return this.#parts.addressOf(known(this.#parts.layout.links, 'link', link));
  }

  observerAddress(node: string): string {
    return this.#parts.addressOf(known(this.#parts.layout.observers, 'node', node));
  }

  home(node: string): string {
    return homeOf(this.#parts.runDir, node);
  }

  signal(node: string, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    return signalProcess(this.#parts.engine, this.#container(node), this.#pidFile(node), signal);
  }

  signalSupervisor(node: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    return signalSupervisor(this.#parts.engine, this.#container(node), signal);
  }

  process(node: string): Promise<ProcessIdentity | undefined> {
    return nodeProcess(this.#parts.engine, this.#container(node), this.#pidFile(node));
  }

  async incarnation(node: string): Promise<string | undefined> {
    const { State: state } = await withDeadline(this.#container(node).inspect(), callWithinMs, `inspecting ${node}`);
    return state.Running && !state.Restarting ? `started ${state.StartedAt}` : undefined;
  }

  crash(node: string): Promise<void> {
    return killAll(this.#parts.engine, this.#container(node));
  }

  async restart(node: string): Promise<void> {
    const withinMs = graceSeconds * 1_000 + callWithinMs;
    await withDeadline(this.#container(node).restart({ t: graceSeconds }), withinMs, `restarting ${node}`);
  }

  async hold(node: string): Promise<void> {
    // A stop would give it SIGTERM first. Docker takes a kill for a wish too: the restart policy leaves the container alone.
    await unchangedIsFine(withDeadline(this.#container(node).kill(), callWithinMs, `killing ${node}`));
  }

  async raise(node: string): Promise<void> {
    await unchangedIsFine(withDeadline(this.#container(node).start(), callWithinMs, `starting ${node}`));
  }

  undo(step: UndoStep): Promise<void> {
    return undoStep(this, step);
  }

  async shell(script: string, timeoutMs: number): Promise<{ readonly stdout: string; readonly exitCode: number }> {
    const { engine, operator, manifest } = this.#parts;
    if (operator === undefined) {
      throw new InvalidInput('CHAOS_MANIFEST', `the manifest ${manifest.name} has no operator's shell`, {
        mend: 'give it `operator`',
      });
    }
    // The script ends in its own container too, not only here.
    const argv = ['timeout', '--kill-after=1', String(timeoutMs / 1_000), 'sh', '-c', script];
    const env = { HOME: userHome };
    const { stdout, exitCode } = await execIn(engine, operator, { argv, user: '', timeoutMs: timeoutMs + 5_000, env });
    return { stdout, exitCode };
  }

  logs(node: string, maxBytes: number): Promise<string> {
    return containerLog(this.#container(node), maxBytes);
  }

  async stopPrometheus(): Promise<void> {
    await unchangedIsFine(withDeadline(this.#parts.prometheus.stop({ t: 0 }), callWithinMs, 'stopping Prometheus'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeRun(this.#parts.engine.container.dockerode, this.#parts.runId);
  }

  #container(node: string): Container {
    return known(this.#parts.nodes, 'node', node);
  }

  #pidFile(node: string): string {
    return join(nodeHome, this.#parts.manifest.nodes[node]?.pidFile ?? '');
  }
}

/** 304, or 409 for a kill: it was so already. */
async function unchangedIsFine(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error && 'statusCode' in error && (error.statusCode === 304 || error.statusCode === 409))) {
      throw error;
    }
  }
}
