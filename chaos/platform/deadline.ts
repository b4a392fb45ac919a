/** A limit on how long anything outside this process may take. */
import { ChaosError } from '../errors.ts';

/** The promise's outcome, or a `CHAOS_DEADLINE` error that names what did not come in time. The promise itself is not cancelled. */
export async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ChaosError('CHAOS_DEADLINE', `${what}: no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
