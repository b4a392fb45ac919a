/** Starts that go on side by side. */

/** All results, or the first error, but only when all have come to an end: nothing is still being made when cleaning up begins. */
export async function together<const T extends readonly unknown[]>(
  tasks: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(tasks);
  return (await Promise.all(tasks)) as { -readonly [K in keyof T]: Awaited<T[K]> };
}
