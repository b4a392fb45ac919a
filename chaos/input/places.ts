/** Where a path on the command line may begin: in the folder that the user stands in, or in the project's. */
import { resolve } from 'node:path';

/** Absolute paths to look at, in this order. npm runs scripts in the project's folder, and names the user's in `INIT_CWD`. */
export function placesOf(given: string, root: string): readonly string[] {
  const { INIT_CWD: userFolder } = process.env;
  return [...new Set([userFolder, process.cwd(), root].flatMap((folder) => (folder ? resolve(folder, given) : [])))];
}
