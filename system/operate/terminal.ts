/** What `npm start` says: one line an event, with its time and who it is about. */
import type { Summary } from './log-summary.ts';
import { type Style, styleFor } from './style.ts';

const colors = { info: 'dim', warning: 'yellow', error: 'red' } as const;
const nameWidth = 'session'.length;

export class Terminal {
  readonly style: Style;
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.style = styleFor(stream);
    // A terminal that was closed must not end the system otherwise than its SIGHUP does.
    stream.on('error', () => undefined);
  }

  say(who: string, severity: Summary['severity'], text: string): void {
    const time = new Date().toLocaleTimeString('en-GB');
    const mark = { info: ' ', warning: '!', error: '✗' }[severity];
    this.write(
      `${this.style('dim', time)} ${who.padEnd(nameWidth)} ${this.style(colors[severity], `${mark} ${text}`)}`,
    );
  }

  write(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}
