/**
 * A scenario: one experiment as typed data. What to break, when, what each layer must look like meanwhile, what must hold.
 * All times are milliseconds; `atMs` counts from the end of the steady state.
 */
import type { AlertName } from '../metrics/rules/alerts.ts';
import type { SliName, SliParams } from '../metrics/slis.ts';
import type { FaultSpec } from './faults/registry.ts';

export interface Scenario {
  readonly title: string;
  /** One sentence that can be proved wrong. */
  readonly hypothesis: string;
  /** Skills that run, by name. */
  readonly skills: Readonly<Record<string, SkillPlan>>;
  /** How long everything must be good, without a break, before the first fault; and how long to wait for that at most. */
  readonly steadyState: { readonly forMs: number; readonly withinMs: number };
  readonly user?: UserLoad;
  readonly timeline: readonly TimelineEntry[];
  /** How long to observe after the last heal; at least 5,000. The run goes on until recovery or the recovery budget if that is later. */
  readonly settleMs: number;
  readonly objectives: readonly Objective[];
  /** Which alerts must not fire, from the steady state to the end of observation. Those that entries expect need not stand here. */
  readonly alerts?: SilentAlerts;
  /** The shell check of an operator is run all the way, and must tell a gateway outage from an operational system. */
  readonly operatorCheck?: boolean;
}

export interface SkillPlan {
  /** Seconds between slots, aligned to the Unix epoch: `every: 2` is due at each even second. */
  readonly everySeconds: number;
  /** A slot that started later than this after its due time is late, which counts as not executed in time. Deferred and caught-up slots get `catchUpMs` instead. */
  readonly latenessMs: number;
  /** Only with the skill deferred or its runtime down: how long after the end of that fault its slots may still be caught up. */
  readonly catchUpMs?: number;
}

/** What the harness's user does meanwhile, through the client links. */
export interface UserLoad {
  /** Durable messages a second over the WebSocket. Default 2. */
  readonly messagesPerSecond?: number;
  /** Asks for a run of this skill over HTTP and waits for its event on the WebSocket: the end-to-end probe. */
  readonly runSkill?: string;
  /** How often it asks, in ms. Default 1,000. */
  readonly runEveryMs?: number;
  /** Further sessions, which do what a careless client does; see {@link CrowdLoad}. */
  readonly crowd?: CrowdLoad;
}

/** Sessions beside the user's: each sends a message now and then, and its last one again whenever it is back. */
export interface CrowdLoad {
  /** 1 to 500. */
  readonly sessions: number;
  /** False: they never notice by themselves that a connection is dead, so that the server must. Default true. */
  readonly heartbeat?: boolean;
}

export interface TimelineEntry {
  readonly atMs: number;
  /** How long the fault stands, or goes on being repeated. Absent for faults that are over once injected. */
  readonly forMs?: number;
  readonly fault: FaultSpec;
  /** What each layer must look like from injection on: `failed` until heal, `paused` and back without help, `interrupted` at each blow, `ok` untouched. */
  readonly expect: Readonly<Record<string, LayerCondition>>;
  /** Pages that somebody must get for this fault; each is silent before it. Absent: nobody has to be paged. */
  readonly alerts?: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly alert: AlertName;
  /** For what it must fire, for each of the values: `{ layer: ['session', 'runtime'] }`. For anything else it must not. Absent: for anything. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** From the injection until it fires, for the last of its labels. At least the alert's own `for`, for which the fault must last. */
  readonly withinMs: number;
  /** From the end of the fault (`atMs` + `forMs`) until it fires no more. Absent: that is not looked at. */
  readonly resolvesWithinMs?: number;
}

export interface SilentAlerts {
  /** `all-others`: all that a run can judge, but those that an entry expects and those that may fire. */
  readonly silent: 'all-others' | readonly AlertName[];
  /** Fire or not, as luck has it: exceptions from `all-others`. */
  readonly mayFire?: readonly AlertName[];
}

export type LayerCondition = 'ok' | 'failed' | 'paused' | 'interrupted';

/** An SLI, a comparison, a number: `{ sli: 'skillSuccessRatio', phase: 'during', is: '==', threshold: 1 }`. */
export type Objective = {
  [N in SliName]: { readonly sli: N; readonly is: Comparison; readonly threshold: number } & SliParams<N>;
}[SliName];

export type Comparison = '==' | '>=' | '<=';
