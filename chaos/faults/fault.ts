/** What every fault is: options checked by a schema, an undo that is known before the injection, and a proof that it took effect. */
import type { z } from 'zod';
import type { NodeSpec } from '../manifest.ts';
import type { Platform, PlatformAbility, UndoStep } from '../platform/platform.ts';

export interface Fault<Options> {
  /** Shape of the options, `kind` included; parse errors are shown to the scenario's author. */
  readonly schema: z.ZodType<Options>;
  /** What the fault touches: its blast radius, and what may look bad while it stands. */
  targets(options: Options, topology: Topology): Targets;
  /** Names that the options use, to be checked against the manifest (`client` is a node here); absent: the same as its targets. */
  mentions?(options: Options): Targets;
  /** `harness`: it stands until the harness undoes it. `system`: the system must heal itself from injection on. */
  healedBy(options: Options): 'harness' | 'system';
  /** `lasting`: its timeline entry needs `forMs`. `momentary`: it is over once injected and must not have one. `either`: as the entry says. */
  duration(options: Options): 'lasting' | 'momentary' | 'either';
  /** What of the target, beyond what every target has, it needs and does not find there; absent: it needs nothing. */
  lacking?(options: Options, topology: Topology): Lacking | undefined;
  /** What the nodes that it targets are started with only because of it. */
  readonly equips?: Equipment;
  /** What a platform must be able to do, beyond what each is. */
  readonly platformNeeds?: PlatformAbility;
  /** Its targets go on running, and so must the skills on them. */
  readonly leavesNodesUp?: true;
  /** Its targets lose what they remembered: nobody may be asked afterwards for what only they knew. */
  readonly destroysMemory?: true;
  /** Its targets take the clock for another, by so many ms. */
  clockOffsetMs?(options: Options): number;
  /** Pure of side effects: tells what would be done. The conductor writes `undo` down, then calls `inject`. */
  prepare(options: Options, context: FaultContext): Prepared;
}

export interface Targets {
  readonly links: readonly string[];
  readonly nodes: readonly string[];
  /** Skills that it makes fail; absent: none. */
  readonly skills?: readonly string[];
}

export interface Lacking {
  /** What is not there, by the name that the options give it. */
  readonly name: string;
  readonly problem: string;
  readonly mend: string;
}

export type Equipment = 'smallDisks' | 'clock';

/** The part of a manifest that a fault needs to know. */
export interface Topology {
  readonly nodes: readonly string[];
  readonly links: Readonly<Record<string, { readonly from: string; readonly to: string }>>;
  /** Node → path that answers a GET without a token; canaries ask for it. */
  readonly healthPaths: Readonly<Record<string, string>>;
  /** Node → what of it can be damaged; see `NodeSpec`. */
  readonly fragile: Readonly<Record<string, Fragile>>;
  /** Skill → where its program is; for the skills that have one to break. */
  readonly programs: Readonly<Record<string, SkillProgram>>;
}

export type Fragile = Pick<NodeSpec, 'state' | 'smallDisks' | 'clock'>;

export interface SkillProgram {
  readonly node: string;
  /** Relative to the node's home. */
  readonly file: string;
}

export interface FaultContext {
  readonly platform: Platform;
  readonly topology: Topology;
  /** The timeline entry's name, unique in the run, e.g. `1-link-reset`: names toxics. */
  readonly name: string;
  /** How long the entry stands, in ms; repeating faults spread their blows over it. */
  readonly forMs: number;
  /** A run of a skill that is in progress right now: the ledger says so, and its effect is not there yet; undefined if none is. */
  readonly skillRunning: () => Promise<string | undefined>;
  /** When that run finished, Unix ms, as the skill itself wrote it down; undefined if it has not yet. */
  readonly skillFinished: (run: string) => Promise<number | undefined>;
  /** Aborted when the run is interrupted: a repeating fault stops. Never handed to an undo. */
  readonly signal: AbortSignal;
  /** To be called right before each blow (each reset, each kill) is dealt: that is the time which it is stamped with. */
  readonly striking: () => void;
  /**
   * The blow that was announced last was seen to land: the recorder counts it, the journal keeps it. One that was not announced found
   * its target still down from the blow before: it counts, and nothing is reckoned from it.
   */
  readonly onBlow: (detail: string) => void;
}

export interface Prepared {
  readonly undo: readonly UndoStep[];
  /** Called right before `inject`: takes what the proof compares with, waits for the moment that the options ask for. Changes nothing. */
  baseline(): Promise<void>;
  /** Resolves when the fault stands, or, for a repeating fault, when its last blow has landed. */
  inject(): Promise<void>;
  /** Called once, right after `inject` (and before the undo). Looks for the effect with a canary of its own, never at the probes. */
  prove(): Promise<Proof>;
}

export interface Proof {
  readonly proved: boolean;
  /** One line a person reads: what was tried and what was seen, with figures. */
  readonly evidence: string;
}

/** Proved if there are any and each is. */
export function all(proofs: readonly Proof[]): Proof {
  return {
    proved: proofs.length > 0 && proofs.every(({ proved }) => proved),
    evidence: proofs.map(({ evidence }) => evidence).join('; '),
  };
}
