/** What happens in a run, as plain lines with the time since its start: for logs, pipes and CI. */

import type { Plan } from '../plan/plan-shape.ts';
import type { RunListener } from '../run/run-listener.ts';
import { faultLine, stageLine } from './event-text.ts';
import { layerChanges } from './layer-changes.ts';

export function plainView({ scenarioName }: Plan, write: (line: string) => void): RunListener {
  const startMs = performance.now();
  const say = (text: string) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1).padStart(6);
    write(`${seconds} s  ${scenarioName}  ${text}`);
  };
  const changes = layerChanges();
  let watching = true;
  return {
    progress: (message) => say(message),
    stage: (stage) => {
      // From then on layers cease to answer because they are taken away.
      watching = stage !== 'removing';
      say(stageLine(stage));
    },
    fault: (event) => say(faultLine(event)),
    snapshot: (snapshot) => {
      if (!watching) return;
      for (const change of changes(snapshot)) say(change);
    },
  };
}
