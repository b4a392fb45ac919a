/** Links and annotations where one sees them: the SDK's default hides them in a menu of newer Grafanas. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';

export function inSight<T extends { placement?: unknown }>(builder: Builder<T>): Builder<T> {
  const built = builder.build();
  delete built.placement;
  return { build: () => built };
}
