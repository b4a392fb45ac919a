/** Where the layers of a demo send their spans: to the collector that the demo's own environment names, if it names one. Pure. */
import { InvalidInput } from '../errors.ts';

const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Base URL of an OTLP/HTTP receiver. Throws `CHAOS_COLLECTOR`. */
export function collectorIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = env[variable]?.trim();
  if (!given) return undefined;
  if (/^https?:$/.test(URL.parse(given)?.protocol ?? '')) return given;
  throw new InvalidInput('CHAOS_COLLECTOR', `${variable} is no http address: "${given}"`, {
    mend: 'give the base URL of an OTLP/HTTP receiver, such as http://127.0.0.1:4318, or unset it',
  });
}
