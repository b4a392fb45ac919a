/** Finds the name that somebody probably meant, and says so. */

/** `did you mean "session"?`, or what there is to choose from. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = closest(given, names);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (names.length === 0) return 'there is none to choose from';
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.map((name) => `"${name}"`).join(', ')}`;
}

/** The name that is nearest, if it is near: at most a third of its letters are wrong, or one is a beginning of the other. */
function closest(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  const [best] = names
    .map((name) => ({ name, edits: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, name.length / 3) || isBeginning(wanted, name.toLowerCase()))
    .sort((a, b) => a.edits - b.edits);
  return best?.name;
}

function isBeginning(given: string, name: string): boolean {
  return given.length >= 3 && (name.startsWith(given) || given.startsWith(name));
}

/** Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours cost 1 each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
