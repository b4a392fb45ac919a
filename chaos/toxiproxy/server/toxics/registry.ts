/** All toxics, by the type name of the HTTP API. */
import { bandwidth } from './bandwidth.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { noop } from './noop.ts';
import { resetPeer } from './reset-peer.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import type { ToxicType } from './stage.ts';
import { timeout } from './timeout.ts';

export type { ToxicType };

const toxicTypes = {
  bandwidth,
  latency,
  limit_data: limitData,
  noop,
  reset_peer: resetPeer,
  slicer,
  slow_close: slowClose,
  timeout,
} satisfies Record<string, ToxicType>;

export function toxicTypeOf(name: string): ToxicType | undefined {
  return Object.hasOwn(toxicTypes, name) ? toxicTypes[name as keyof typeof toxicTypes] : undefined;
}
