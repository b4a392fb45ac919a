/** The versions that a run was made with, for its journal. */
import { readFile } from 'node:fs/promises';

export async function harnessVersions(): Promise<Record<string, string>> {
  const { name, version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    name: string;
    version: string;
  };
  return { [name]: version, node: process.version, os: `${process.platform} ${process.arch}` };
}
