/** PROTOCOL.md out of the schemas. `node system/session/protocol-page.ts` writes it anew. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { clientFrame, closeMeanings, frameLimits, protocolVersions, serverFrame } from './protocol.ts';

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
}

export const protocolPageFile = new URL('PROTOCOL.md', import.meta.url);

const introduction = `# Protocol of the session layer

Made from \`protocol.ts\` by \`node system/session/protocol-page.ts\`; a test holds the two together.

A client opens a WebSocket at \`/ws\` and sends \`hello\`. It is answered with \`welcome\`, and then gets every entry of the
session's log that it has not seen, each once and in order, and new ones as they are written. Each frame is one text frame
that holds one JSON object, of at most ${frameLimits.frameBytes} bytes. Versions spoken: ${protocolVersions.join(', ')}. A reader ignores members that it does not
know, and a client frames of a \`type\` that it does not know.

- **Token**: in \`hello\` only; an upgrade whose URL carries one is refused with 400. A token sees the sessions that were made with
  it; the owner's sees all. A browser's \`Origin\` must be the layer's own or be listed in \`OPENCLAW_ALLOWED_ORIGINS\`, else the
  upgrade is answered 403; where there is no room, 503 with \`Retry-After\`.
- **Resume**: come back with \`session\`, \`epoch\` and \`after\`, the last offset that you have seen. \`recovered: true\` means that nothing
  is missing. Else \`reason\` says why, and entries follow after \`from\`; what was written before is at
  \`GET /v1/sessions/{session}/history\`, as far as it is kept.
- **Messages**: choose an \`id\` for each, and send it again under the same \`id\` until its \`ack\` has come, in the old order; it is
  stored once, from however many connections it comes. An \`ack\` and the message's own \`entry\` may come in either order.
- **Heartbeat**: the server pings (WebSocket ping) every \`heartbeatMs\` and ends a connection that was silent for 2.5 times as long. A
  client does the same; where it cannot see pings, as in a browser, it sends \`ping\` and waits for any frame.
- **Gateway away**: \`status\` says so (\`degraded\`). Messages are stored and acknowledged all the same, and delivered in order
  later; \`delivered\` tells how far.
- **A run**: a message whose body is \`{ "type": "run", "skill": "NAME" }\`, without other members, asks for a run of that skill once it
  is delivered. It is accepted once, however often the message is sent, and its events come to the session. A skill that there is
  not, or that cannot run, is refused in the gateway's log; the message is kept all the same. Every other body is only kept.
- **Traces**: \`traceparent\` is W3C Trace Context, version 00. A message that carries one is part of that trace, and so is what comes of
  it: what the gateway does about it, the run that it asks for, the skill's process, which has \`TRACEPARENT\` in its environment, and the events of the
  run. An \`ack\` and a \`pong\` give back the one that came. An \`entry\` has that of what brought it about: where the server traces, of its
  own work on it, else the one that came. A message without one, or with one that is malformed, begins a trace of its own. It is
  read only after \`hello\` was answered, and never a reason to refuse anything.
- **Close**: an \`error\` frame comes before a close for cause.
`;

export function protocolPage(): string {
  return [
    introduction,
    '## Client to server\n',
    ...framesOf(clientFrame),
    '## Server to client\n',
    ...framesOf(serverFrame),
    '## Close codes\n',
    '| code | meaning |\n|---|---|',
    ...Object.entries(closeMeanings).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
  ].join('\n');
}

function framesOf(schema: z.ZodType): string[] {
  const { oneOf = [] } = z.toJSONSchema(schema) as JsonSchema;
  return oneOf.map((frame) => {
    const members = Object.entries(frame.properties ?? {}).filter(([name]) => name !== 'type');
    const rows = members.map(([name, member]) => {
      const optional = frame.required?.includes(name) ? '' : ' (optional)';
      return `| \`${name}\`${optional} | ${typeOf(member)} | ${member.description ?? ''} |`;
    });
    const table = ['| member | is | |', '|---|---|---|', ...rows].join('\n');
    const about = frame.description === undefined ? '' : `${frame.description}\n\n`;
    return `### \`${String(frame.properties?.type?.const)}\`\n\n${about}${table}\n`;
  });
}

function typeOf({ type, const: constant, enum: values, pattern, minLength, maxLength, minimum }: JsonSchema): string {
  if (constant !== undefined) return `\`${JSON.stringify(constant)}\``;
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (pattern !== undefined) return `string, \`${pattern.replaceAll('|', '\\|')}\``;
  if (type === undefined) return 'any JSON';
  if (maxLength !== undefined) return `${type} of ${minLength ?? 0} to ${maxLength} characters`;
  return minimum === undefined ? type : `${type} ≥ ${minimum}`;
}

if (import.meta.main) writeFileSync(protocolPageFile, protocolPage());
