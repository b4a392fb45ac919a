/** What `npm run chaos` starts: says what to do where `npm ci` has not been run. Plain JavaScript, which every Node reads. */
import { existsSync } from 'node:fs';

const oldestNode = 24;
const isInstalled = existsSync(new URL('../node_modules/commander', import.meta.url));

if (isInstalled && Number.parseInt(process.versions.node, 10) >= oldestNode) await import('./main.ts');
else {
  console.error(
    isInstalled
      ? `this is Node ${process.versions.node}, too old for it: npm run chaos uses the one that npm ci installed`
      : 'the dependencies are not installed: npm ci (it brings the right Node, too), then again',
  );
  process.exitCode = 3;
}
