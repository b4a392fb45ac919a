import { describe, expect, it } from 'vitest';
import { encodeEntry, parseFrame } from './frames.ts';

const parse = (text: string) => parseFrame(Buffer.from(text), false);
const hello = { type: 'hello', protocol: 1, token: 't' };

describe('parseFrame', () => {
  it('takes every frame of the protocol', () => {
    const full = { ...hello, session: 'abc', epoch: 'e', after: 3, kind: 'probe', events: 'own' };
    expect(parse(JSON.stringify(full))).toEqual({ ok: true, frame: full });
    expect(parse('{"type":"ping","id":"p"}')).toEqual({ ok: true, frame: { type: 'ping', id: 'p' } });
    expect(parse('{"type":"message","id":"m","body":{"a":[1,null]}}')).toEqual({
      ok: true,
      frame: { type: 'message', id: 'm', bodyJson: '{"a":[1,null]}' },
    });
  });

  it('leaves out members that it does not know, so that newer clients are served', () => {
    expect(parse('{"type":"ping","id":"p","urgent":true}')).toEqual({ ok: true, frame: { type: 'ping', id: 'p' } });
  });

  it('takes null as a body, but not none', () => {
    expect(parse('{"type":"message","id":"m","body":null}')).toMatchObject({ ok: true, frame: { bodyJson: 'null' } });
    expect(parse('{"type":"message","id":"m"}')).toMatchObject({ ok: false, message: expect.stringContaining('body') });
  });

  it('names the fields at fault', () => {
    const result = parse(JSON.stringify({ ...hello, protocol: '1', after: -1 }));
    expect(result).toMatchObject({ ok: false, code: 'frame-invalid' });
    expect(result).toMatchObject({ message: expect.stringMatching(/protocol: .*after: /) });
  });

  it('names the versions that it speaks when asked for another one, whatever else the hello holds', () => {
    const result = parse('{"type":"hello","protocol":2,"credentials":{}}');
    expect(result).toEqual({ ok: false, code: 'protocol-unsupported', message: expect.stringMatching(/: 1$/) });
  });

  it('keeps a traceparent, and leaves out one that is malformed, as Trace Context wants', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const frame = (trace: unknown) => parse(JSON.stringify({ type: 'ping', id: 'p', traceparent: trace }));
    expect(frame(traceparent)).toEqual({ ok: true, frame: { type: 'ping', id: 'p', traceparent } });
    for (const bad of [
      'x',
      7,
      null,
      traceparent.toUpperCase(),
      traceparent.replace(/^00/, '01'),
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    ]) {
      expect(frame(bad), String(bad)).toEqual({ ok: true, frame: { type: 'ping', id: 'p' } });
    }
  });

  it('refuses a body that is far longer once it is written again', () => {
    const body = (count: number) => `[${Array(count).fill('1e20').join()}]`;
    expect(parse(`{"type":"message","id":"m","body":${body(40_000)}}`).ok).toBe(true);
    const result = parse(`{"type":"message","id":"m","body":${body(200_000)}}`);
    expect(result).toMatchObject({ ok: false, code: 'frame-invalid', message: expect.stringContaining('written out') });
  });

  it('refuses a body that cannot be written again', () => {
    // The second would still do here, and not a few calls deeper, where it is passed on.
    for (const depth of [200_000, 1001]) {
      const result = parse(`{"type":"message","id":"m","body":${'['.repeat(depth)}${']'.repeat(depth)}}`);
      expect(result).toMatchObject({ ok: false, code: 'frame-too-deep' });
    }
  });
});

describe('encodeEntry', () => {
  it('is JSON whatever the id', () => {
    const entry = { session: 's', offset: 2, at: 5, kind: 'message', id: '"\n\u2028', bodyJson: '{"x":1}' } as const;
    expect(JSON.parse(encodeEntry(entry))).toEqual({
      type: 'entry',
      offset: 2,
      at: 5,
      kind: 'message',
      id: '"\n\u2028',
      body: { x: 1 },
    });
  });
});
