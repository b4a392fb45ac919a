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
    expect(parse('{"type":"ping","id":"p","traceparent":"x"}')).toEqual({ ok: true, frame: { type: 'ping', id: 'p' } });
  });

  it('takes null as a body, but not none', () => {
    expect(parse('{"type":"message","id":"m","body":null}')).toMatchObject({ ok: true, frame: { bodyJson: 'null' } });
    expect(parse('{"type":"message","id":"m"}')).toMatchObject({ ok: false, message: expect.stringContaining('body') });
  });

  it('names the fields at fault', () => {
    const result = parse(JSON.stringify({ ...hello, protocol: 2, after: -1 }));
    expect(result).toMatchObject({ ok: false, code: 'frame-invalid' });
    expect(result).toMatchObject({ message: expect.stringMatching(/protocol: .*after: /) });
  });

  it('refuses a body that cannot be written again', () => {
    const depth = 200_000;
    const result = parse(`{"type":"message","id":"m","body":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(result).toMatchObject({ ok: false, code: expect.stringMatching(/^frame-(too-deep|not-json)$/) });
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
