/** Finds the name that somebody probably meant. */

/** The nearest of the names, if at most a third of its letters are wrong. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, edits: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, name.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return best?.name;
}

/** Levenshtein's: insertions, deletions and substitutions cost 1 each. */
function editDistance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const [left = 0, up = 0, diagonal = 0] = [current[column], last[column + 1], last[column]];
      current.push(Math.min(left + 1, up + 1, diagonal + (letter === other ? 0 : 1)));
    }
    last = current;
  }
  return last[b.length] ?? a.length;
}
