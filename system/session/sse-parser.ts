/** Server-sent events out of text that comes in pieces (WHATWG HTML, 9.2.6; comments and unknown fields are skipped). */

export interface SseMessage {
  readonly type: string;
  readonly data: string;
}

/** Characters of one unfinished line, or of one message's data. */
const maxLength = 1024 * 1024;

export class SseParser {
  #rest = '';
  #type = '';
  #data: string[] = [];
  #length = 0;

  /** The messages that this piece completes. Throws if a message is longer than 1 MiB. */
  push(piece: string): SseMessage[] {
    const text = this.#rest + piece;
    // A final CR may be half of a CRLF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(end);
    const messages: SseMessage[] = [];
    for (const line of lines) {
      if (line === '') messages.push(...this.#dispatch());
      else this.#field(line);
    }
    if (this.#rest.length > maxLength)
      throw new Error(`a line of the event stream is longer than ${maxLength} characters`);
    return messages;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#type = value;
    if (name !== 'data') return;
    this.#data.push(value);
    this.#length += value.length;
    if (this.#length > maxLength) throw new Error(`an event is longer than ${maxLength} characters`);
  }

  #dispatch(): SseMessage[] {
    const message = { type: this.#type || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    this.#length = 0;
    return isEmpty ? [] : [message];
  }
}
