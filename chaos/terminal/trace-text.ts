/** A trace as an indented tree: layer, span, when it began, how long it took, how it ended. Pure. */
import type { Span } from '../traces/span.ts';
import type { Trace } from '../traces/trace.ts';
import { clip } from './clip.ts';
import type { Colors } from './colors.ts';
import { counted } from './event-text.ts';

const barWidth = 24;
const maxName = 44;

interface Row {
  readonly layer: string;
  readonly name: string;
  readonly startMs: number;
  readonly ms: number;
  readonly end: string;
  readonly failed: boolean;
}

export function traceLines(trace: Trace, columns: number, c: Colors): readonly string[] {
  const { rows, roundTrip, fromMs } = trace;
  const user: Row[] = roundTrip === undefined ? [] : [userRow(roundTrip.requestedMs, roundTrip.finishedMs)];
  const all = [...user, ...rows.map(({ span, depth }) => rowOf(span, depth + user.length))];
  const layerWidth = widest(all.map(({ layer }) => layer));
  const nameWidth = widest(all.map(({ name }) => name));
  const totalMs = Math.max(trace.toMs - fromMs, 0.001);
  const lines = all.map((row) => {
    const times = [row.startMs - fromMs, row.ms].map((ms) => ms.toFixed(1).padStart(9)).join('');
    const bar = barOf((row.startMs - fromMs) / totalMs, row.ms / totalMs);
    const line = `  ${row.layer.padEnd(layerWidth)}  ${row.name.padEnd(nameWidth)}${times}  ${bar}  ${row.end}`;
    return clip(row.failed ? c.red(line.trimEnd()) : line.trimEnd(), columns);
  });
  const head = `  ${'layer'.padEnd(layerWidth)}  ${'span'.padEnd(nameWidth)}    at ms  took ms`;
  return [
    c.bold(`trace ${trace.id}`),
    clip(`  ${titleOf(trace)}`, columns),
    c.dim(clip(head, columns)),
    ...lines,
    ...linkLines(trace, c),
  ];
}

function titleOf({ rows, roundTrip, fromMs, faults }: Trace): string {
  const at = new Date(fromMs).toISOString().slice(11, 23);
  const layers = new Set(rows.map(({ span }) => span.service)).size;
  const size = `${counted(rows.length, 'span')} of ${counted(layers, 'layer')}`;
  const heard =
    roundTrip === undefined ? [] : [`end to end in ${(roundTrip.finishedMs - roundTrip.requestedMs).toFixed(0)} ms`];
  const during = faults.length === 0 ? [] : [`while ${faults.map(({ fault }) => fault).join(', ')} stood`];
  return [`at ${at} UTC`, ...heard, size, ...during].join(', ');
}

function linkLines({ rows }: Trace, c: Colors): readonly string[] {
  const links = new Set(rows.flatMap(({ span }) => span.links ?? []));
  return [...links].map((link) => c.dim(`  linked with trace ${link}`));
}

function userRow(requestedMs: number, finishedMs: number): Row {
  const name = 'request, run, event';
  return { layer: 'user', name, startMs: requestedMs, ms: finishedMs - requestedMs, end: '', failed: false };
}

function rowOf({ service, name, startMs, ms, kind, error, attributes = {} }: Span, depth: number): Row {
  const said =
    attributes['http.response.status_code'] ?? attributes['openclaw.run.outcome'] ?? attributes['error.type'];
  const way = kind === 'client' ? '→ ' : '';
  return {
    layer: service.replace(/^openclaw-/, ''),
    name: clip(`${'  '.repeat(depth)}${way}${name}`, maxName),
    startMs,
    ms,
    end:
      error === undefined ? String(said ?? '') : ['FAILED', said, error].filter((word) => word !== undefined).join(' '),
    failed: error !== undefined,
  };
}

/** Where in the whole it lies; what is shorter than a column is seen all the same. */
function barOf(from: number, share: number): string {
  const start = Math.min(barWidth - 1, Math.max(0, Math.floor(from * barWidth)));
  const length = Math.min(barWidth - start, Math.max(1, Math.round(share * barWidth)));
  return `▕${' '.repeat(start)}${'█'.repeat(length)}${' '.repeat(barWidth - start - length)}▏`;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
