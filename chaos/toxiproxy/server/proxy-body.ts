/** What clients may say of proxies: their bodies, read and refused as the original does. Reading throws JsonError or ApiError. */
import { missingField } from './errors.ts';
import { Decoder } from './json/decode.ts';
import { type JsonValue, parseFirstJson } from './json/parse.ts';

export interface ProxyInput {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

const fresh: ProxyInput = { name: '', listen: '', upstream: '', enabled: true };

export function readNewProxy(body: Buffer): ProxyInput {
  const input = readProxyChange(body, fresh);
  if (input.name === '') throw missingField('name');
  if (input.upstream === '') throw missingField('upstream');
  return input;
}

/** What is not given stays as in `current`. */
export function readProxyChange(body: Buffer, current: ProxyInput): ProxyInput {
  const value = parseFirstJson(body);
  const decoder = new Decoder();
  const input = decodeProxy(value, current, decoder, { target: 'value of type toxiproxy.Proxy', own: 'Proxy.' });
  decoder.finish();
  return input;
}

/** The list of populate and of configuration files. */
export function readProxies(body: Buffer): ProxyInput[] {
  const value = parseFirstJson(body);
  const decoder = new Decoder();
  const item = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }';
  const words = { target: `value of type ${item}`, own: '.Proxy.', enabled: '.enabled' };
  const inputs = decoder
    .array(value, `value of type []${item}`)
    .map((proxy) => decodeProxy(proxy, fresh, decoder, words));
  decoder.finish();
  for (const [index, { name, upstream }] of inputs.entries()) {
    if (name === '') throw missingField(`name at proxy ${index + 1}`);
    if (upstream === '') throw missingField(`upstream at proxy ${index + 1}`);
  }
  return inputs;
}

/** How the original calls the thing and its fields when a type is wrong. */
interface Words {
  readonly target: string;
  readonly own: string;
  readonly enabled?: string;
}

function decodeProxy(value: JsonValue, current: ProxyInput, decoder: Decoder, words: Words): ProxyInput {
  const { name, listen, upstream, enabled } = current;
  const input = { name, listen, upstream, enabled };
  decoder.object(value, words.target, {
    name: (member) => {
      input.name = decoder.string(member, `${words.own}name`, input.name);
    },
    listen: (member) => {
      input.listen = decoder.string(member, `${words.own}listen`, input.listen);
    },
    upstream: (member) => {
      input.upstream = decoder.string(member, `${words.own}upstream`, input.upstream);
    },
    enabled: (member) => {
      input.enabled = decoder.bool(member, words.enabled ?? `${words.own}enabled`, input.enabled);
    },
  });
  return input;
}
