/** One HTTP exchange with a layer, as an operator's command needs it: soon over, and with words for whatever went wrong. */

/** `why` is for people, and ends a sentence that begins with who was asked. */
export type Answer =
  | { readonly ok: true; readonly status: number; readonly body: unknown; readonly headers: Headers }
  | { readonly ok: false; readonly why: string };

export interface Question {
  readonly timeoutMs: number;
  readonly token?: string | undefined;
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any HTTP status is an answer; what is not JSON has null as its body. Never throws. */
export async function ask(url: string, { timeoutMs, token, method = 'GET', body, headers }: Question): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { ok: true, status: response.status, body: parsed(text), headers: response.headers };
  } catch (error) {
    return { ok: false, why: whyOf(error, timeoutMs) };
  }
}

/** The `detail` of a problem, or what else the answer says. */
export function refusalOf({ status, body }: { readonly status: number; readonly body: unknown }): string {
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string' ? body.detail : '';
  return detail === '' ? `answered ${status}` : `answered ${status}: ${detail}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function whyOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `gave no answer within ${timeoutMs} ms`;
  // fetch hides the system's error in `cause`.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'does not run: nothing listens there';
  return `did not answer: ${code ?? (cause instanceof Error ? cause.message : String(cause))}`;
}
