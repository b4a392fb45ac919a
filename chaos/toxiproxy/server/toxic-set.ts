/** The toxics of one proxy: in force for connections to come, and changed at once on those that are open. */
import { ChaosError } from '../../errors.ts';
import type { Link } from './link.ts';
import type { Attributes, Stream, ToxicState } from './toxic.ts';
import { toxicTypeOf } from './toxics/registry.ts';

export interface ToxicChange {
  readonly toxicity?: number;
  /** Those not named stay. */
  readonly attributes?: Attributes;
}

/** Changes resolve when they are in force on every open connection; they reject for a name or type that can't be. */
export class ToxicSet {
  readonly #links: ReadonlySet<Link>;
  #toxics: readonly ToxicState[] = [];

  constructor(links: ReadonlySet<Link>) {
    this.#links = links;
  }

  /** Upstream first, each direction in the order of adding, which is that of the chain. */
  list(): readonly ToxicState[] {
    return [...this.in('upstream'), ...this.in('downstream')];
  }

  in(direction: Stream): readonly ToxicState[] {
    return this.#toxics.filter((toxic) => toxic.direction === direction);
  }

  get(name: string): ToxicState | undefined {
    return this.#toxics.find((toxic) => toxic.name === name);
  }

  async add(toxic: ToxicState): Promise<void> {
    if (this.get(toxic.name) !== undefined) throw refusal(`there is a toxic ${toxic.name} already`);
    if (toxicTypeOf(toxic.type) === undefined) throw refusal(`there is no toxic of type ${toxic.type}`);
    this.#toxics = [...this.#toxics, toxic];
    for (const { ways } of this.#links) ways?.[toxic.direction].chain.add(toxic);
  }

  async update(name: string, { toxicity, attributes }: ToxicChange): Promise<void> {
    const before = this.#named(name);
    const after: ToxicState = {
      ...before,
      toxicity: toxicity ?? before.toxicity,
      attributes: { ...before.attributes, ...attributes },
    };
    this.#toxics = this.#toxics.map((toxic) => (toxic === before ? after : toxic));
    for (const { ways } of this.#links) ways?.[after.direction].chain.update(after);
  }

  /** Does not wait for a `reset_peer` that has begun: that one is not called off. */
  async remove(name: string): Promise<void> {
    const toxic = this.#named(name);
    this.#toxics = this.#toxics.filter((each) => each !== toxic);
    for (const { ways } of this.#links) ways?.[toxic.direction].chain.remove(name);
  }

  async clear(): Promise<void> {
    for (const { name } of this.list()) await this.remove(name);
  }

  #named(name: string): ToxicState {
    const toxic = this.get(name);
    if (toxic === undefined) throw refusal(`there is no toxic ${name}`);
    return toxic;
  }
}

function refusal(why: string): ChaosError {
  return new ChaosError('CHAOS_TOXIC', why);
}
