/** What happens in a run, as plain lines with the time since the gate began and the scenario's name: for logs, pipes and CI. */

import type { RunListener } from '../run/run-listener.ts';
import { alertLine, faultLine, stageLine } from './event-text.ts';
import { layerChanges } from './layer-changes.ts';

export function plainView(write: (text: string) => void): RunListener {
  const changes = layerChanges();
  let watching = true;
  return {
    progress: write,
    stage: (stage) => {
      // From then on layers cease to answer because they are taken away.
      watching = stage !== 'removing';
      write(stageLine(stage));
    },
    fault: (event) => write(faultLine(event)),
    alert: (change) => {
      if (watching) write(alertLine(change));
    },
    snapshot: (snapshot) => {
      if (!watching) return;
      for (const change of changes(snapshot)) write(change);
    },
  };
}
