/** The session layer's configuration: `OPENCLAW_` variables of all layers, and where the gateway is. */
import type { z } from 'zod';
import { baseConfig, gatewayUrl, port } from '../layer/config.ts';

export const sessionConfig = { ...baseConfig, port: port(3018), gatewayUrl };

export type SessionConfig = z.output<z.ZodObject<typeof sessionConfig>>;
