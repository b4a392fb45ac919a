/** `noop`: changes nothing; it stands in the chain like any other toxic. */
import { Stage, type ToxicType } from './stage.ts';

export const noop: ToxicType = {
  defaults: {},
  create: () => new Stage(),
};
