/** The skill runtime's configuration, from the environment. */
import { z } from 'zod';
import { baseConfig, flag, gatewayUrl, integer, port } from '../layer/config.ts';

const schedules = z
  .string()
  .transform((text, context): Record<string, string> => {
    try {
      return z.record(z.string(), z.string()).parse(JSON.parse(text));
    } catch {
      context.addIssue('must be a JSON object of skill names and schedules, such as {"daily-memory":"every: 2s"}');
      return z.NEVER;
    }
  })
  .optional();

export const settingsShape = {
  ...baseConfig,
  port: port(3020),
  gatewayUrl,
  /** Takes the place of every SKILL.md's schedule: skills that it does not name are not scheduled. */
  schedules,
  installSamples: flag(true),
  /** Runs at once, of all skills. */
  maxRunning: integer(16, 1, 1000, 'a number of runs'),
  /** `coupled` is the anti-pattern in which every skill hangs on the gateway. */
  dispatch: z.enum(['independent', 'coupled'], 'must be independent or coupled').default('independent'),
};

export type Settings = z.output<z.ZodObject<typeof settingsShape>>;
