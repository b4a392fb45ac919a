/** All platforms there are, as one literal object, in the order in which they are preferred. */
import { dockerProvider } from './docker/provider.ts';
import { localProvider } from './local/provider.ts';
import type { PlatformName, PlatformProvider } from './platform.ts';

export const platforms = {
  docker: dockerProvider,
  local: localProvider,
} as const satisfies Record<PlatformName, PlatformProvider>;
