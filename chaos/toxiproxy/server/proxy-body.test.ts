import { describe, expect, it } from 'vitest';
import { readNewProxy, readProxies, readProxyChange } from './proxy-body.ts';

const list = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }';

describe('readNewProxy', () => {
  it('takes keys in any case, ignores unknown ones, lets the last win', () => {
    const body = '{"NAME":"x","name":"y","Upstream":"u","li\u017ften":"l","Toxics":3,"logger":7} tail';
    expect(readNewProxy(Buffer.from(body))).toEqual({ name: 'y', listen: 'l', upstream: 'u', enabled: true });
  });

  // Messages recorded from Toxiproxy 2.12.0.
  it.each([
    ['null', 'missing required field: name'],
    ['{"name":""}', 'missing required field: name'],
    ['{"name":"a"}', 'missing required field: upstream'],
    ['[]', 'json: cannot unmarshal array into Go value of type toxiproxy.Proxy'],
    ['{"name":1,"upstream":true}', 'json: cannot unmarshal number into Go struct field Proxy.name of type string'],
    ['{"enabled":"x"}', 'json: cannot unmarshal string into Go struct field Proxy.enabled of type bool'],
    ['{"listen":{}}', 'json: cannot unmarshal object into Go struct field Proxy.listen of type string'],
  ])('%s: %s', (body, message) => {
    expect(() => readNewProxy(Buffer.from(body))).toThrow(message);
  });
});

describe('readProxyChange', () => {
  it('leaves what is not given or null', () => {
    const current = { name: 'n', listen: 'l', upstream: 'u', enabled: false };
    expect(readProxyChange(Buffer.from('null'), current)).toEqual(current);
    expect(readProxyChange(Buffer.from('{"listen":null,"upstream":""}'), current)).toEqual({
      ...current,
      upstream: '',
    });
  });
});

describe('readProxies', () => {
  it('takes a list, or null for none', () => {
    expect(readProxies(Buffer.from('null'))).toEqual([]);
    expect(readProxies(Buffer.from('[{"name":"a","upstream":"u","enabled":null}]'))).toEqual([
      { name: 'a', listen: '', upstream: 'u', enabled: true },
    ]);
  });

  // Messages recorded from Toxiproxy 2.12.0.
  it.each([
    ['{}', `json: cannot unmarshal object into Go value of type []${list}`],
    ['[5]', `json: cannot unmarshal number into Go value of type ${list}`],
    ['[{"name":1}]', 'json: cannot unmarshal number into Go struct field .Proxy.name of type string'],
    ['[{"enabled":"x"}]', 'json: cannot unmarshal string into Go struct field .enabled of type bool'],
    ['[{"name":"a","upstream":"u"},null]', 'missing required field: name at proxy 2'],
    ['[{"name":"a"}]', 'missing required field: upstream at proxy 1'],
  ])('%s: %s', (body, message) => {
    expect(() => readProxies(Buffer.from(body))).toThrow(message);
  });
});
