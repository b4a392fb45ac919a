/** Server-sent events as text: an event, and the word that some were missed. */
import { z } from 'zod';
import { type GatewayEvent, gatewayEvent } from '../../layer/wire.ts';

export const eventSchema = gatewayEvent.meta({
  id: 'Event',
  description: 'A run came into a state. `session` is the session that asked for the run. Times are Unix ms.',
});

export const gapSchema = z
  .object({
    /** The reader asked for what comes after this id. */
    after: z.int(),
    /** The stream goes on with this one; what was between is not kept any more. */
    oldest: z.int(),
  })
  .meta({
    id: 'Gap',
    description:
      'Data of an event named `gap`, sent before the first event: those between `after` and `oldest` are not kept any more (or were lost with the gateway’s state). Read the present state from /v1/runs.',
  });

export function eventFrame(event: GatewayEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Undefined if a reader that has seen everything up to `after` misses nothing; one that starts at 0 takes whatever there is. */
export function gapFrame(after: number, oldest: number): string | undefined {
  if (after === 0 || after + 1 >= oldest) return undefined;
  const gap: z.infer<typeof gapSchema> = { after, oldest };
  return `id: ${oldest - 1}\nevent: gap\ndata: ${JSON.stringify(gap)}\n\n`;
}
