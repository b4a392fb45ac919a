/** The session layer's configuration: `OPENCLAW_` variables of all layers, where the gateway is, and which browsers may come. */
import { z } from 'zod';
import { baseConfig, gatewayUrl, port } from '../layer/config.ts';

const originList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine(
    (origins) => origins.every((origin) => URL.parse(origin)?.origin === origin.toLowerCase()),
    'must be a list of origins such as https://chat.example.org, separated by commas, each without a path',
  )
  .transform((origins) => origins.map((origin) => origin.toLowerCase()))
  .default([]);

export const sessionConfig = { ...baseConfig, port: port(3018), gatewayUrl, allowedOrigins: originList };

export type SessionConfig = z.output<z.ZodObject<typeof sessionConfig>>;
