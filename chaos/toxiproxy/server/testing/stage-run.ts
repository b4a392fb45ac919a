/** A stage on its own: what comes out of it in one call stack and until it is released. */
import type { Attributes } from '../toxic.ts';
import type { ToxicType } from '../toxics/stage.ts';

export function pieces(type: ToxicType, attributes: Attributes, chunk: Buffer): Buffer[] {
  const out: Buffer[] = [];
  const stage = type.create({ random: Math.random, relieved: () => {} });
  stage.next = { push: (piece) => out.push(piece), end: () => {}, load: () => 0 };
  stage.run(attributes);
  stage.push(chunk, performance.now());
  stage.release();
  return out;
}
