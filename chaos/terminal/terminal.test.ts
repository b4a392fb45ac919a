import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { planOf } from '../verdict/verdict.fixture.ts';
import { colorsFor } from './colors.ts';
import { openTerminal } from './terminal.ts';

/** A stream that keeps what is written; `isTTY` makes it a terminal of 80 columns. */
function stream(isTTY: boolean) {
  const kept: string[] = [];
  const through = new PassThrough();
  through.on('data', (chunk: Buffer) => kept.push(chunk.toString()));
  const opened = Object.assign(through, { isTTY, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
  return { opened, text: () => kept.join('') };
}

function play(isTTY: boolean, env: NodeJS.ProcessEnv): string {
  const out = stream(isTTY);
  const terminal = openTerminal(out.opened, stream(false).opened, env);
  const plans = ['sample', 'a-longer-name'].map((scenarioName) => planOf({ scenarioName }));
  {
    using view = terminal.watch(plans);
    const [first, second] = plans.map((plan) => view.listen(plan));
    first?.stage?.('timeline');
    first?.fault?.({ fault: '2-outage', what: 'injected', atMs: 0, detail: '' });
    second?.progress?.('pulling');
    terminal.lines([terminal.colors.red('red'), 'and more']);
    first?.ended();
    terminal.problem('SIGINT: stopping');
  }
  terminal.line('after');
  return out.text();
}

const escapeCode = '\x1b[';

describe('a terminal', () => {
  it('is redrawn where it is one: what is written stands above what goes on', () => {
    const text = play(true, { TERM: 'xterm' });
    expect(text).toContain(escapeCode);
    const shown = stripVTControlCharacters(text);
    expect(shown).toMatch(
      / +0\.\d s {2}sample {9}2-outage: INJECTED\n[\s\S]*sample {11}0\.\d s {2}2-outage for 0\.\d s/,
    );
    expect(shown).toMatch(
      /red\nand more\n[\s\S]*2-outage for[\s\S]*a-longer-name +0\.\d s {2}pulling[\s\S]*0 of 2 done/,
    );
    expect(shown).toMatch(/SIGINT: stopping\n[\s\S]*a-longer-name[\s\S]*1 of 2 done/);
    expect(shown).toMatch(/after\n$/);
  });

  it.each([
    ['no terminal', false, {}],
    ['no terminal, in CI', false, { CI: 'true' }],
    ['a dumb terminal', true, { TERM: 'dumb' }],
    ['CI with a terminal, without colour', true, { CI: 'true', NO_COLOR: '1' }],
  ])('%s: plain lines', (_, isTTY, env) => {
    const text = play(isTTY, env);
    expect(text).not.toContain(escapeCode);
    expect(text).toMatch(/^ +0\.\d s {2}sample {9}steady; the timeline begins$/m);
    expect(text).toMatch(/sample {9}2-outage: INJECTED$/m);
    expect(text).toMatch(/a-longer-name {2}pulling\nred\nand more\nafter\n$/);
  });

  it('outlives its reader: nothing is thrown when a pipe is closed or a disk is full', () => {
    const out = stream(false);
    const errors = stream(false);
    const terminal = openTerminal(out.opened, errors.opened, {});
    for (const { opened } of [out, errors]) opened.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
    expect(() => terminal.line('more')).not.toThrow();
  });
});

describe('colour', () => {
  it.each([
    [true, true, {}],
    [false, false, {}],
    [false, true, { NO_COLOR: '1' }],
    [false, true, { NO_COLOR: '1', FORCE_COLOR: '1' }],
    [true, false, { FORCE_COLOR: '1' }],
    [false, true, { TERM: 'dumb' }],
    [false, false, { CI: 'true' }],
    [true, true, { NO_COLOR: '' }],
  ])('is used: %s (terminal: %s, %o)', (used, isTTY, env) => {
    expect(colorsFor({ isTTY }, env).isColorSupported).toBe(used);
  });
});
