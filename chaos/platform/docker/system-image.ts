/** Builds the one image that all nodes run from, in two steps named by their contents, so that only what changed is built again. */
import { createHash, type Hash } from 'node:crypto';
import { cp, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ImageName } from 'testcontainers';
import { ChaosError, InvalidInput } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { StartRequest } from '../platform.ts';
import { installDependencies } from './dependencies.ts';
import type { Dockerode, Engine } from './engine.ts';
import { ensureImage } from './images.ts';
import { imageLabel } from './labels.ts';

/** Where the sources lie in the image, and the home of its user; any user may write there, since runs differ in whom they run as. */
const appFolder = '/app';
export const userHome = '/home/openclaw';

const buildWithinMs = 300_000;

/** A checkout that only its owner may read makes an image that its user can't. */
const readable = `RUN find . '(' -type f ! -perm -004 -o -type d ! -perm -005 ')' -exec chmod a+rX '{}' +`;

const dependenciesDockerfile = (base: string) => `FROM ${base}
RUN command -v curl >/dev/null || (apt-get update -q && apt-get install -y -q --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*)
RUN mkdir -m 0777 ${userHome}
ENV HOME=${userHome} PATH=${appFolder}/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR ${appFolder}
COPY node_modules ./node_modules
${readable}
`;

const sourcesDockerfile = (dependencies: string) => `FROM ${dependencies}
COPY sources ./
${readable}
`;

type ImageRequest = Pick<StartRequest, 'root' | 'manifest' | 'onProgress'>;

/** The image's name. Throws `CHAOS_IMAGE`, `CHAOS_DEPENDENCIES` or `CHAOS_BUILD`. */
export async function systemImage(engine: Engine, { root, manifest, onProgress }: ImageRequest): Promise<string> {
  const base = await ensureImage(engine, 'CHAOS_IMAGE_BASE', onProgress);
  const { Id: baseId } = await engine.container.dockerode.getImage(base).inspect();
  const dependencies = await installDependencies(root, engine.info.containerRuntime.architecture, onProgress);

  const lower = `openclaw-chaos/deps:${short(dependenciesDockerfile(baseId), dependencies.hash)}`;
  await buildIfAbsent(engine, lower, onProgress, async (build) =>
    build(dependencies.folder, dependenciesDockerfile(base)),
  );

  const upper = `openclaw-chaos/system:${await hashSources(root, manifest.sources, sourcesDockerfile(lower))}`;
  await buildIfAbsent(engine, upper, onProgress, async (build) => {
    const context = await mkdtemp(join(tmpdir(), 'openclaw-chaos-image-'));
    try {
      for (const source of manifest.sources) {
        await cp(join(root, source), join(context, 'sources', source), { recursive: true, filter: isWanted });
      }
      await build(context, sourcesDockerfile(lower));
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  });
  return upper;
}

type Build = (context: string, dockerfile: string) => Promise<void>;

async function buildIfAbsent(
  engine: Engine,
  tag: string,
  onProgress: (message: string) => void,
  make: (build: Build) => Promise<void>,
): Promise<void> {
  if (await engine.image.exists(ImageName.fromString(tag))) return;
  onProgress(`building ${tag}`);
  try {
    await make(async (context, dockerfile) => {
      await writeFile(join(context, 'Dockerfile'), dockerfile);
      await withDeadline(buildImage(engine.container.dockerode, context, tag), buildWithinMs, `building ${tag}`);
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChaosError('CHAOS_BUILD', `the image ${tag} could not be built: ${reason}`, {
      mend: 'set CHAOS_IMAGE_BASE to an image with curl, or to one in which apt-get can install it',
      cause,
    });
  }
}

async function buildImage(dockerode: Dockerode, context: string, tag: string): Promise<void> {
  const options = { t: tag, labels: { [imageLabel]: tag }, rm: true, forcerm: true };
  const output = await dockerode.buildImage({ context, src: ['.'] }, options);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  dockerode.modem.followProgress(output, (error) => (error ? reject(error) : resolve()));
  await promise;
}

async function hashSources(root: string, sources: readonly string[], dockerfile: string): Promise<string> {
  const hash = createHash('sha256').update(dockerfile);
  for (const source of sources) await addToHash(hash, root, source);
  return hash.digest('hex').slice(0, 16);
}

async function addToHash(hash: Hash, root: string, path: string): Promise<void> {
  const absolute = join(root, path);
  const stat = await lstat(absolute).catch((cause: unknown) => {
    throw new InvalidInput('CHAOS_MANIFEST', `the manifest's source ${path} is not in ${root}`, {
      mend: 'correct its `sources`',
      cause,
    });
  });
  if (stat.isDirectory()) {
    for (const entry of (await readdir(absolute)).filter(isWanted).sort())
      await addToHash(hash, root, join(path, entry));
  } else if (stat.isFile()) {
    hash.update(`\n${path} ${stat.mode & 0o111} ${stat.size}\n`).update(await readFile(absolute));
  }
}

/** Dependencies come from the lock file; and a change of a test must not build the image again. */
function isWanted(path: string): boolean {
  return !/(^node_modules|\.(test|bench)\.ts)$/.test(basename(path));
}

function short(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
