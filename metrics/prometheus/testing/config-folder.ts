/** A folder with a configuration and its rule files, gone with the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ConfigFolder extends AsyncDisposable {
  /** `prometheus.yml`. */
  readonly configFile: string;
  write(name: string, content: string): Promise<void>;
}

export async function configFolder(configuration: string): Promise<ConfigFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);
  await write('prometheus.yml', configuration);
  return {
    configFile: join(folder, 'prometheus.yml'),
    write,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
