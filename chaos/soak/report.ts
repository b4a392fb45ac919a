/** What a soak found, as a person reads it. Pure. */
import type { Finding } from './books.ts';
import type { SoakResult } from './soak.ts';

const shownFindings = 12;
const kinds = ['lost', 'doubled', 'out-of-order', 'disagreement'] as const satisfies readonly Finding['kind'][];

/** One line a figure; the findings come last. */
export function soakLines(result: SoakResult): string[] {
  const { byNode, readyAfterMs, checked, findings, cuts, killedForMs, settledAfterMs } = result;
  const kills = [...byNode.values()].reduce((sum, count) => sum + count, 0);
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  return [
    `${kills} kills (${[...byNode].map(([node, times]) => `${node} ${times}`).join(', ')}) and ${cuts} cut links in ${seconds(killedForMs)}; nothing under way ${seconds(settledAfterMs)} after the last`,
    `${checked.slots} slots due, ${checked.requests} runs asked for, ${checked.messages} messages acknowledged, ${checked.events} events owed to clients`,
    kinds.map((kind) => `${count(kind)} ${kind.replaceAll('-', ' ')}`).join(', '),
    ...[...readyAfterMs].map(([node, times]) => `  ${node}: ready again after ${spread(times)}`),
    ...kinds
      .flatMap((kind) => findings.filter((finding) => finding.kind === kind))
      .slice(0, shownFindings)
      .map(({ kind, text }) => `  ${kind}: ${text}`),
    ...(findings.length > shownFindings ? [`  … and ${findings.length - shownFindings} more`] : []),
  ];
}

/** Of a kill that was followed by another one before its layer was ready, there is no figure. */
function spread(times: readonly number[]): string {
  if (times.length === 0) return '(never measured)';
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `p50 ${seconds(at(0.5))}, p99 ${seconds(at(0.99))}, at most ${seconds(at(1))} (${times.length} measured)`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 0)} s`;
}
