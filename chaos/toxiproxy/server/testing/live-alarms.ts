/** Counts the timers that alarms have set, since they were last forgotten, and that neither rang nor were cancelled. */
import { createHook } from 'node:async_hooks';

const live = new Set<number>();

createHook({
  init(id, type) {
    if ((type === 'Timeout' || type === 'Immediate') && new Error().stack?.includes('/alarm.ts')) live.add(id);
  },
  destroy: (id) => live.delete(id),
}).enable();

export const liveAlarms = () => live.size;
export const forgetAlarms = () => live.clear();
