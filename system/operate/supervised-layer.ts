/** A layer under its supervisor, as `npm start` keeps it: a supervisor that dies is started again, and takes over what it finds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { supervisedVariable } from '../layer/supervision.ts';
import { RestartDelay } from '../supervisor/restart-delay.ts';
import type { LayerName } from './addresses.ts';
import { pidFileOf } from './start-config.ts';

const root = join(import.meta.dirname, '..', '..');

export interface SupervisedLayerOptions {
  readonly name: LayerName;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where supervisor and layer write their logs. */
  readonly logFd: number;
  /** Told that the supervisor ended though nobody asked it to. */
  readonly onSupervisorEnd: (how: string, delayMs: number) => void;
}

export class SupervisedLayer {
  readonly name: LayerName;
  readonly #options: SupervisedLayerOptions;
  readonly #delay = new RestartDelay();
  readonly #ended = Promise.withResolvers<number | null>();
  #supervisor: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: SupervisedLayerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(): void {
    const { name, home, env, logFd } = this.#options;
    const pidFile = pidFileOf(home, name);
    const own = [join(root, 'system/supervisor/main.ts'), '--name', name, '--pid-file', pidFile, '--until-stdin-ends'];
    const startedAt = performance.now();
    const supervisor = spawn(process.execPath, [...own, '--', process.execPath, join(root, `system/${name}/main.ts`)], {
      cwd: root,
      // Of its own group: the terminal's Ctrl-C comes here alone, and is passed on once.
      detached: true,
      // Its stdin ends with this process, however that ends.
      stdio: ['pipe', logFd, logFd],
      env: { ...env, [supervisedVariable]: pidFile },
    });
    supervisor.stdin?.on('error', () => undefined);
    supervisor.once(
      'error',
      (error) => supervisor.pid === undefined && this.#supervisorEnded(startedAt, error.message),
    );
    supervisor.once('exit', (code, signal) => this.#supervisorEnded(startedAt, signal ?? `exit code ${code}`, code));
    this.#supervisor = supervisor;
  }

  /** Resolves when supervisor and layer have ended: to the supervisor's exit code, which is 0 unless it had to kill the layer. */
  stop(): Promise<number | null> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    if (this.#supervisor === undefined) this.#ended.resolve(0);
    else this.#supervisor.kill('SIGTERM');
    return this.#ended.promise;
  }

  /** SIGKILL to supervisor and layer; skills are in groups of their own and go on. */
  killNow(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const pid = this.#supervisor?.pid;
    if (pid === undefined) {
      this.#ended.resolve(0);
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  #supervisorEnded(startedAt: number, how: string, code: number | null = null): void {
    this.#supervisor = undefined;
    if (this.#stopping) {
      this.#ended.resolve(code);
      return;
    }
    const { delayMs } = this.#delay.after(performance.now() - startedAt, code);
    this.#options.onSupervisorEnd(how, delayMs);
    this.#restart = setTimeout(() => this.start(), delayMs);
  }
}
