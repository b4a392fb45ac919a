/** The name that somebody probably meant. */

/** `did you mean "daily-memory"?`, or what there is. */
export function didYouMean(given: string, names: readonly string[]): string {
  const [nearest] = names
    .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(
      ({ name, distance: edits }) =>
        edits <= Math.max(2, name.length / 3) || (given.length > 2 && name.includes(given)),
    )
    .sort((a, b) => a.distance - b.distance);
  if (nearest !== undefined) return `did you mean "${nearest.name}"?`;
  return names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
}

/** Levenshtein's: letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (b[j - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
