/**
 * What the harness knows of a system under test: its nodes, the links between them and the protocols they speak.
 * A manifest is pure data; the harness loads it by path and never imports the system itself.
 *
 * Strings in `env` and `command` may hold placeholders, resolved by the platform for each node:
 * `${home}` the node's own state folder, `${port}` the port it must listen on, `${host}` the address to bind,
 * `${token}` the bearer token of this run, `${link:NAME}` the base URL (`http://host:port`) at which the link NAME is dialled,
 * `${schedules}` the scenario's skill schedules as a JSON object (`{"daily-memory":"every: 1s"}`),
 * `${collector}` the base URL to which traces may be sent by OTLP/HTTP as JSON (`http://host:port`); empty where nobody collects them.
 */
export interface Manifest {
  /** Short name, as in `--target resilient`. */
  readonly name: string;
  readonly title: string;
  /** Paths, relative to the folder of the nearest package.json, that an image of this system is made of. */
  readonly sources: readonly string[];
  readonly nodes: Readonly<Record<string, NodeSpec>>;
  readonly links: Readonly<Record<string, LinkSpec>>;
  /** The skills a scenario may schedule. `requires` names the nodes without which the skill is deferred. */
  readonly skills: Readonly<Record<string, SkillSpec>>;
  /** Where skills leave the trace of a completed effect; see {@link EffectsSpec}. */
  readonly effects: EffectsSpec;
  /** Present if an operator's shell check makes sense: which node's home is `~/.openclaw`, and which node answers on which local port. */
  readonly operator?: { readonly home: string; readonly ports: Readonly<Record<number, string>> };
}

export interface NodeSpec {
  readonly title: string;
  /** The node's supervisor and what it supervises, as argv, run in the folder that holds `sources`. */
  readonly command: readonly string[];
  readonly port: number;
  readonly healthPath: string;
  readonly readyPath: string;
  readonly metricsPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** File, relative to the node's home, that holds the pid of the supervised process (not of its supervisor). */
  readonly pidFile: string;
  readonly speaks: readonly Protocol[];
  /** Files in which the node keeps what it must remember, relative to its home: those that are there may be torn. */
  readonly state?: readonly string[];
  /** Folders, relative to its home, that a scenario which fills disks puts on file systems of this size of their own. */
  readonly smallDisks?: readonly SmallDisk[];
  readonly clock?: ClockSpec;
}

export interface SmallDisk {
  readonly path: string;
  readonly megabytes: number;
}

/**
 * How the node's processes can be made to take the clock for another: with `env` added to their environment, their wall clock is the
 * true one plus what stands in the file `offset` (whole ms; no file: 0). A process that takes up an offset appends one JSON line to
 * the file `applied`: `{"pid":number,"offsetMs":number,"now":number}`, `now` being its wall clock then. Both are relative to the home.
 */
export interface ClockSpec {
  readonly offset: string;
  readonly applied: string;
  readonly env: Readonly<Record<string, string>>;
}

/** One dialler, one server: exactly one Toxiproxy proxy. `client` is the user, played by the harness. */
export interface LinkSpec {
  readonly from: 'client' | (string & {});
  readonly to: string;
}

export interface SkillSpec {
  readonly requires: readonly string[];
  /** The file that a run executes with Node, relative to the home of the node that has the effects: it may be broken. */
  readonly program?: string;
}

/**
 * Each completed run of a skill appends one JSON line to `file` (relative to the home of `node`, `{skill}` replaced):
 * `{"run":string,"slot":number|null,"attempt":number,"startedAt":number,"finishedAt":number}`, times in Unix ms,
 * `slot` the due time of the schedule's slot or null for a run that was asked for.
 */
export interface EffectsSpec {
  readonly node: string;
  readonly file: string;
}

/** What a node can be talked to in; `chaos/drivers/` implements each. An SLI whose protocol no node speaks is refused before the start. */
export type Protocol = 'http' | 'openclaw-session/1' | 'openclaw-gateway/1' | 'openclaw-ledger/1';
