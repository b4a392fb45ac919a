/**
 * What crosses the links between the layers over HTTP, as schemas; types, validation and the gateway's OpenAPI document come from them.
 * JSON everywhere; times are Unix ms. Members that a reader does not know are ignored: the other side may be newer.
 * (The frames of the WebSocket are in `system/session/protocol.ts`.)
 */
import { z } from 'zod';
import { traceparentPattern } from './trace-context.ts';

const id = z.string().min(1).max(200);
/** One that is malformed counts as none: a trace is never a reason to refuse work. */
const traceparent = z
  .string()
  .regex(traceparentPattern)
  .optional()
  .catch(undefined)
  .describe('W3C Trace Context of what this is a part of; whatever else it is, it counts as none.');
const time = z.int().min(0, 'must be Unix time in milliseconds');

/** As lax as a folder's name: the runtime tells also of skills whose name is what is wrong with them. */
export const skillName = z
  .string()
  .regex(/^[^\p{Cc}/]{1,200}$/u, 'must be a skill name: 1 to 200 characters, no / or control characters');

/**
 * How a run ended. `interrupted`: its process died with the whole container and it was given up; `cancelled`: somebody asked for it, or a
 * later slot took its place; `unknown`: the ledger that knew was lost, it is never run again.
 */
export const runOutcome = z.enum(['succeeded', 'failed', 'timed-out', 'interrupted', 'cancelled', 'unknown']);
export type RunOutcome = z.infer<typeof runOutcome>;

const trigger = z.enum(['schedule', 'request']);

const reported = {
  /** `SKILL@DUE` for a slot of the schedule, the command's id for a run that was asked for. */
  id,
  skill: skillName,
  trigger,
  dueAt: time.nullable(),
  /** From 1; a retry, and a run that was interrupted, is the next attempt of the same run. */
  attempt: z.int().min(1).max(1_000_000),
  startedAt: time,
  /** Grows with every change of this run: a report that arrives late never overwrites a newer one. */
  sequence: z.int().min(0),
  traceparent,
};

/** What the runtime tells the gateway about a run: `POST /v1/reports`. The gateway keeps one row per `id`; the highest `sequence` wins. */
export const runReport = z.discriminatedUnion(
  'state',
  [
    z.object({ ...reported, state: z.literal('started') }),
    z.object({
      ...reported,
      state: z.literal('finished'),
      outcome: runOutcome,
      finishedAt: time,
      /** Why it did not succeed, for people. */
      reason: z.string().max(1000).nullish(),
      /** Of the process; null if a signal ended it or it never ran. */
      exitCode: z.int().min(0).max(255).nullish(),
      signal: z.string().max(16).nullish(),
      /** The end of what it printed. The outbox may leave it out when it is full; never the outcome. */
      output: z.string().max(4096).nullish(),
    }),
  ],
  'must be an object whose state is "started" or "finished"',
);
export type RunReport = z.infer<typeof runReport>;

const queued = {
  /** Names the command, and for `run` the run. */
  id,
  skill: skillName,
  /** Session that gets the run's events even if it subscribed to its own only. */
  session: z.string().nullable(),
  requestedAt: time,
  traceparent,
};

/**
 * `GET /v1/commands?waitMs=MS&holder=ID` answers `{ commands }`, oldest first. A command is leased to its holder and hidden from every
 * other one for as long; the same holder is given it again with each pull, until `POST /v1/commands/{id}/ack`. An ack of a command that
 * is not there any more is answered 404, which settles it too.
 */
export const command = z.discriminatedUnion('kind', [
  z.object({ ...queued, kind: z.literal('run') }),
  /** `run` is to be ended, or never to be begun. It always follows the command that asked for the run. */
  z.object({ ...queued, kind: z.literal('cancel'), run: id }),
]);
export type Command = z.infer<typeof command>;

/**
 * `GET /v1/events` (server-sent events; `id:` is `id`, `event:` is `type`, `data:` the whole as JSON). Ids grow by one and survive restarts.
 * Where the reader's place is not kept any more an event `gap` comes first: `{ after, oldest }`.
 */
export const gatewayEvent = z.object({
  id: z.int().positive(),
  at: time,
  type: z.enum(['run.accepted', 'run.started', 'run.finished']),
  run: z.object({
    id,
    skill: skillName,
    trigger,
    dueAt: time.nullable(),
    attempt: z.int(),
    outcome: runOutcome.exactOptional(),
  }),
  session: z.string().nullable(),
  /** Of what brought the event about. */
  traceparent,
});
export type GatewayEvent = z.infer<typeof gatewayEvent>;

/** The runtime's word about a skill: `PUT /v1/skills` with `{ skills }`; `GET /v1/skills` gives it back. */
export const skillEntry = z.object({
  name: skillName,
  description: z.string().max(2000),
  /** As written; null: the skill runs only when it is asked for. */
  schedule: z.string().max(200).nullable(),
  requires: z.array(z.string().min(1).max(64)).max(16),
  enabled: z.boolean().default(true),
  /**
   * A skill whose last success is longer ago than this is stale: the longest gap between two slots of its schedule, and what a slot may
   * take to start and to run. Null for a skill without a schedule, or one that is not enabled.
   */
  freshWithinMs: z.int().positive().nullable().default(null),
  /** Why the skill cannot run; with `stale` set, why the last good version of it runs instead of what is on disk. */
  problem: z.string().max(2000).exactOptional(),
  /** True: `problem` is about a newer SKILL.md; the last good one goes on. */
  stale: z.boolean().exactOptional(),
});
export type SkillEntry = z.infer<typeof skillEntry>;

/** A `probe` is a monitor's connection: it does not count as somebody being there. */
export const clientKind = z.enum(['user', 'probe']);
export type ClientKind = z.infer<typeof clientKind>;

/** Who is connected, told by the session layer: `PUT /v1/presence`. Holds for 3 s, so it is repeated every second. */
export const presence = z.object({
  sessions: z.array(z.object({ id, kind: clientKind })).max(20_000),
});
export type Presence = z.infer<typeof presence>;

/** A client's message as the session layer delivers it: `POST /v1/messages` with `{ messages }`, at least once, in the order of each session. */
export const sessionMessage = z.object({
  session: z.string().min(1).max(64),
  epoch: z.string().min(1).max(64),
  /** In the session's log; with session and epoch the message's identity, so the gateway stores each once. */
  offset: z.int().positive(),
  at: time,
  /** The client's own id of it. */
  id: z.string().min(1).max(128),
  body: z.unknown(),
  /** The session layer leaves out what is malformed. */
  traceparent,
});
export type SessionMessage = z.infer<typeof sessionMessage>;
/** The body of a message that asks for a run of a skill: the gateway accepts it once, by the message's identity, when the message is delivered. */
export const runMessage = z.strictObject({ type: z.literal('run'), skill: skillName });

export const messageBatch = z.object({ messages: z.array(sessionMessage).min(1).max(500) });
