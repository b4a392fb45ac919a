/**
 * Where a system runs while it is tested: one interface, back ends in folders beside this file.
 * The harness speaks the Toxiproxy and the Prometheus HTTP API to every back end, and these few calls.
 */
import type { RuleFile } from '../../metrics/rules/rule-files.ts';
import type { Manifest } from '../manifest.ts';

export interface PlatformProvider {
  readonly name: PlatformName;
  /** What it can do that not every platform can; absent: nothing. */
  readonly abilities?: readonly PlatformAbility[];
  /** Can it run here? Says what was tried and what to do about it. Starts nothing. */
  check(): Promise<Availability>;
  /** What it needs on this machine, each with whether it is there: within about 3 s; starts and fetches nothing. Without it: what `check` says. */
  needs?(): Promise<readonly Need[]>;
  /** Makes what all runs of a system share, once, before they start side by side. Throws what `start` would throw for want of it. */
  prepare?(request: PrepareRequest): Promise<void>;
  /** Starts everything for one run and resolves when Toxiproxy, Prometheus and all nodes answer; on failure nothing is left. */
  start(request: StartRequest): Promise<Platform>;
  /** Whether `recover` can look here, which may need less than a run. Without it: what `check` says. */
  checkRecover?(): Promise<Availability>;
  /**
   * Removes whatever killed runs left behind (all of them, or one), and says what. Only with `evenIfAlive` one is removed whose harness
   * may still be at it; by default that is so if the run was named.
   */
  recover(runId?: string, evenIfAlive?: boolean): Promise<readonly string[]>;
}

export type PlatformName = 'docker' | 'local';

/** `own-disks`: it can give a node file systems of its own. */
export type PlatformAbility = 'own-disks';

export type Availability =
  | { readonly available: true; readonly detail: string }
  | { readonly available: false; readonly tried: string; readonly mend: string };

/** Something that a platform cannot do without, or that it lacks for some of what it can do. */
export interface Need {
  /** `lacking`: it runs all the same, but can do less. */
  readonly state: 'met' | 'lacking' | 'unmet';
  /** What was found, or what was not and why; says all by itself. */
  readonly text: string;
  /** What to do about it where it is not met. */
  readonly mend?: string;
}

export type PrepareRequest = Pick<StartRequest, 'manifest' | 'root' | 'onProgress'>;

export interface StartRequest {
  /** Unique name of the run; labels everything. */
  readonly runId: string;
  /** Absolute path of the run's own folder; homes and logs live below it. */
  readonly runDir: string;
  readonly manifest: Manifest;
  /** Absolute path of the folder that holds the manifest's `sources`. */
  readonly root: string;
  /** The scenario's schedules, skill name → `every: 2s`. */
  readonly schedules: Readonly<Record<string, string>>;
  readonly token: string;
  /** Port on which the harness's recorder listens, on all interfaces of this machine. Scraped as job `chaos`. */
  readonly recorderPort: number;
  /** Port on which the harness takes traces (OTLP/HTTP, JSON), on all interfaces of this machine; absent: nobody does. */
  readonly collectorPort?: number;
  /** Takes the place of `collectorPort`: base URL of somebody else's OTLP/HTTP receiver, as this machine dials it. */
  readonly collector?: string;
  /** What Prometheus evaluates, the same on every platform; absent: nothing. */
  readonly ruleFiles?: readonly RuleFile[];
  /** Port of this machine's loopback at which Prometheus's API is to be; absent: any that is free. */
  readonly prometheusPort?: number;
  readonly onProgress: (message: string) => void;
  /** Aborted: the start is given up between two steps, and what was started is removed. */
  readonly signal?: AbortSignal;
}

/** A running system. Disposing removes everything that was started. */
export interface Platform extends AsyncDisposable {
  readonly name: PlatformName;
  /** Base URL of the Toxiproxy API. Proxies are named after their link; `observer-NODE` carries no fault, ever. */
  readonly toxiproxyUrl: string;
  /** Base URL of the Prometheus API. Jobs: `chaos` (the recorder), and `openclaw` with a label `layer` per node; 1 s interval. */
  readonly prometheusUrl: string;
  /** `host:port` at which a link's proxy is dialled from this machine (every link, for the user and for canaries). */
  linkAddress(link: string): string;
  /** `host:port` of a node on a path that carries no fault. */
  observerAddress(node: string): string;
  /** Absolute path, on this machine, of a node's home. */
  home(node: string): string;
  /** Signals the supervised process, not its supervisor nor its children. */
  signal(node: string, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Signals the node's supervisor alone: stopped, it starts nothing in place of what ends. */
  signalSupervisor(node: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** What runs as the node's supervised process now; undefined if none does. */
  process(node: string): Promise<ProcessIdentity | undefined>;
  /** Names the present life of the whole node, supervisor included: another name after each restart of it; undefined while it is down. */
  incarnation(node: string): Promise<string | undefined>;
  /** Kills the whole node, supervisor and children included, as a crash would: its restart policy brings it back. */
  crash(node: string): Promise<void>;
  /** Stops and starts the whole node gracefully (SIGTERM, grace). Resolves when it was started again, not when it is ready. */
  restart(node: string): Promise<void>;
  /** Takes the node down at once and holds it down until `raise`. */
  hold(node: string): Promise<void>;
  raise(node: string): Promise<void>;
  /** The small disks of the nodes that were started with some; only where the provider has the ability `own-disks`. */
  readonly disks?: Disks;
  /** Carries out one undo; repeating it is harmless. Throws if the fault still stands. */
  undo(step: UndoStep): Promise<void>;
  /** Runs a POSIX shell script as an operator would: `~/.openclaw` is the system's home, its standard ports are on localhost. */
  shell(script: string, timeoutMs: number): Promise<{ readonly stdout: string; readonly exitCode: number }>;
  /** Log of a node so far, newest last, at most `maxBytes` from the end. */
  logs(node: string, maxBytes: number): Promise<string>;
  /** For tests that sabotage the measurement: stops Prometheus. */
  stopPrometheus(): Promise<void>;
}

export interface Disks {
  /** Fills all small disks of a node, and keeps them full until they are freed. */
  fill(node: string): Promise<void>;
  /** Repeating it is harmless. Throws if they are not free afterwards. */
  free(node: string): Promise<void>;
  /** Writes a file of one page onto each small disk of a node, and removes it again. Throws if that could not even be tried. */
  tryWrite(node: string): Promise<readonly DiskWrite[]>;
}

export interface DiskWrite {
  readonly path: string;
  /** What the kernel said; empty if all was written. */
  readonly error: string;
  readonly full: boolean;
}

/** A pid alone can be reused; together with its start time it names one process. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Kernel's start time of the process, in clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly startTicks: number;
  /** State letter of /proc/PID/stat: R, S, D, T (stopped), Z … */
  readonly state: string;
}

/** How to end a fault, as data: written to the run's folder before the fault is injected, so that another process can carry it out. */
export type UndoStep =
  | { readonly do: 'enable-link'; readonly link: string }
  | { readonly do: 'remove-toxic'; readonly link: string; readonly toxic: string }
  | { readonly do: 'continue-process'; readonly node: string }
  | { readonly do: 'raise-node'; readonly node: string }
  | { readonly do: 'continue-supervisor'; readonly node: string }
  | { readonly do: 'free-disks'; readonly node: string }
  /** `file` holds the offset of the node's clock, relative to its home. */
  | { readonly do: 'reset-clock'; readonly node: string; readonly file: string }
  /** Puts `backup` back as `file`, both relative to the node's home; without a backup nothing had been changed. */
  | { readonly do: 'restore-file'; readonly node: string; readonly file: string; readonly backup: string };
