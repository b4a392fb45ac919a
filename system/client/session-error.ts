/** The errors of the client, each with a stable code. */

/**
 * `QUEUE_FULL`, `TOO_LARGE`: the message was not taken. `CLOSED`: by `close()`. `REFUSED`: the server does not want this client back;
 * `closeCode` says why. `STORE`: the place where the cursor is kept failed. `CONNECTION`: a connection ended, and another one will be tried.
 */
type Code = 'QUEUE_FULL' | 'TOO_LARGE' | 'CLOSED' | 'REFUSED' | 'STORE' | 'CONNECTION';

export class SessionError extends Error {
  readonly code: Code;
  readonly closeCode: number | undefined;

  constructor(code: Code, message: string, options: ErrorOptions & { readonly closeCode?: number } = {}) {
    super(message, options);
    this.name = 'SessionError';
    this.code = code;
    this.closeCode = options.closeCode;
  }
}
