/** A system that is running to be measured, on platform local unless another one is named, and removed afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRunHere, root, runsDir } from '../../commands/prepare.ts';
import { loadManifest } from '../../input/load.ts';
import { BadInput } from '../../input/problem.ts';
import type { Manifest } from '../../manifest.ts';
import { nodeHomeOf } from '../../platform/local/run-folder.ts';
import type { Platform, PlatformProvider } from '../../platform/platform.ts';
import { platforms } from '../../platform/registry.ts';
import { Recorder } from '../../recorder.ts';

export interface Stand extends AsyncDisposable {
  readonly platform: Platform;
  readonly manifest: Manifest;
  readonly token: string;
}

export interface StandOptions {
  readonly provider?: PlatformProvider;
  readonly manifest?: Manifest;
  readonly schedules: Readonly<Record<string, string>>;
  /** Where traces are sent, on this machine; nothing is traced without. */
  readonly collectorPort?: number;
  /** Fills the homes before anything is started; local only. */
  readonly furnish?: (home: (node: string) => string) => Promise<void>;
}

export async function systemUnderTest(): Promise<Manifest> {
  const { loaded, problems } = await loadManifest('resilient', root);
  if (loaded === undefined) throw new BadInput(problems);
  return loaded;
}

export async function startStand(options: StandOptions): Promise<Stand> {
  const { provider = platforms.local, schedules, collectorPort, furnish } = options;
  await mustRunHere({ provider });
  const manifest = options.manifest ?? (await systemUnderTest());
  const runId = `bench-${manifest.name}-${randomBytes(4).toString('hex')}`;
  const runDir = join(runsDir, runId);
  await mkdir(runDir, { recursive: true });
  await furnish?.((node) => nodeHomeOf(runDir, node));
  await using starting = new AsyncDisposableStack();
  const recorder = starting.use(await Recorder.start());
  const token = randomBytes(24).toString('base64url');
  const onProgress = () => {};
  const request = { runId, runDir, manifest, root, schedules, token, recorderPort: recorder.port, onProgress };
  const traced = collectorPort === undefined ? request : { ...request, collectorPort };
  const platform = starting.use(await provider.start(traced));
  const held = starting.move();
  return { platform, manifest, token, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** A skill that writes down, with the kernel's clock, when each of its processes began: `SLOT NANOSECONDS`. */
export async function installClockSkill(home: string, name: string): Promise<void> {
  await mkdir(join(home, 'skills', name), { recursive: true });
  await mkdir(join(home, 'bench'), { recursive: true });
  await writeFile(
    join(home, 'skills', name, 'SKILL.md'),
    `---\nname: ${name}\ndescription: Writes down when it began.\nmetadata:\n  openclaw:\n    command: ${clockCommand(`$OPENCLAW_HOME/bench/${name}`)}\n---\n`,
  );
}

/** A shell command; run bare, it needs OPENCLAW_SLOT in its environment too. */
export function clockCommand(file: string): string {
  return `echo "$OPENCLAW_SLOT $(date +%s%N)" >>"${file}"`;
}

/** Milliseconds from due time to process start, as such a file tells them. */
export function latenessOf(text: string): number[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([slot, at]) => slot !== undefined && slot !== '' && at !== undefined)
    .map(([slot, at]) => Number(at) / 1e6 - Number(slot));
}
