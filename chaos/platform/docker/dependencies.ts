/** The production dependencies of a system, for the engine's operating system and processor: `npm ci` on this machine, kept by the lock file's hash. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { InvalidInput } from '../../errors.ts';

export interface Dependencies {
  /** Folder that holds `node_modules`, `package.json` and `package-lock.json`, and nothing else. */
  readonly folder: string;
  /** Names the contents. */
  readonly hash: string;
}

const npmWithinMs = 300_000;
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

/** `architecture` is the engine's, as Docker says it (`x86_64`, `aarch64`). Throws `CHAOS_DEPENDENCIES`. */
export async function installDependencies(
  root: string,
  architecture: string,
  onProgress: (message: string) => void,
): Promise<Dependencies> {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
  const cpu = cpuOf(architecture);
  const hash = createHash('sha256').update(`1 ${cpu}\n${lock}`).digest('hex').slice(0, 16);
  const folder = join(root, '.chaos', 'deps', hash);
  if (existsSync(folder)) return { folder, hash };

  onProgress('installing the production dependencies (npm ci)');
  // Made beside its place and renamed into it: a half-finished one is never taken for whole, and two runs don't meet.
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft, root, lock, cpu);
    await rename(draft, folder);
  } catch (cause) {
    if (!existsSync(folder)) throw failed(cause);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { folder, hash };
}

async function fill(draft: string, root: string, lock: string, cpu: string): Promise<void> {
  await writeFile(join(draft, 'package-lock.json'), lock);
  await copyFile(join(root, 'package.json'), join(draft, 'package.json'));
  if (existsSync(join(root, '.npmrc'))) await copyFile(join(root, '.npmrc'), join(draft, '.npmrc'));
  // Install scripts would fetch what fits this machine; containers run Linux, maybe on another processor.
  await npm(draft, cpu, 'ci', '--omit=dev');
  await rm(join(draft, '.npmrc'), { force: true });
  const node = lockSchema.parse(JSON.parse(lock)).packages['node_modules/node']?.version;
  if (node !== undefined) await placeNode(draft, cpu, node);
}

/** Does what the install script of the npm package `node` does, for Linux on the given processor. */
async function placeNode(draft: string, cpu: string, version: string): Promise<void> {
  const aside = join(draft, 'node-binary');
  const name = `node-linux-${cpu}`;
  await mkdir(aside);
  await writeFile(join(aside, 'package.json'), '{"private":true}');
  await npm(aside, cpu, 'install', '--no-save', `${name}@${version}`);
  const modules = join(draft, 'node_modules');
  await mkdir(join(modules, 'node', 'bin'), { recursive: true });
  await rename(join(aside, 'node_modules', name, 'bin', 'node'), join(modules, 'node', 'bin', 'node'));
  await mkdir(join(modules, '.bin'), { recursive: true });
  await rm(join(modules, '.bin', 'node'), { force: true });
  await symlink('../node/bin/node', join(modules, '.bin', 'node'));
  await rm(aside, { recursive: true });
}

async function npm(folder: string, cpu: string, command: string, ...args: string[]): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  // Under `npm run`, npm tells the outer project's place to its children, which would then install there.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|config_(local_)?prefix|config_global)/i.test(name),
    ),
  );
  const shell = process.platform === 'win32';
  await promisify(execFile)('npm', [command, ...args, ...flags], {
    cwd: folder,
    env,
    timeout: npmWithinMs,
    shell,
    maxBuffer: 1 << 24,
  });
}

function cpuOf(architecture: string): string {
  const cpu = new Map([
    ['x86_64', 'x64'],
    ['amd64', 'x64'],
    ['aarch64', 'arm64'],
    ['arm64', 'arm64'],
  ]).get(architecture.toLowerCase());
  if (cpu !== undefined) return cpu;
  throw new InvalidInput(
    'CHAOS_DEPENDENCIES',
    `the Docker engine runs on ${architecture}, for which there is no Node to put into the image`,
    {
      mend: 'use an engine on x86_64 or aarch64 (DOCKER_HOST)',
    },
  );
}

function failed(cause: unknown): InvalidInput {
  const reason = cause instanceof Error ? cause.message.trim().split('\n').slice(-5).join('\n') : String(cause);
  return new InvalidInput('CHAOS_DEPENDENCIES', `the dependencies for the image could not be installed: ${reason}`, {
    mend: 'see that `npm ci` works in the folder of the package-lock.json',
    cause,
  });
}
