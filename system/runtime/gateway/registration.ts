/** Tells the gateway which skills there are: when they change, and whenever the gateway comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { SkillEntry } from '../../layer/wire.ts';
import type { SkillSet } from '../skills/skill-folder.ts';

const timeoutMs = 5000;
const retryMs = 1000;
/** The gateway takes no others, and refuses the whole list for one of them. */
const tellable = /^[^\p{Cc}/]{1,200}$/u;
const maxTold = 1000;
const maxScheduleLength = 200;
const maxProblemLength = 2000;
const nothingKnown = { description: '', schedule: null, requires: [], enabled: true, freshWithinMs: null };

export class Registration {
  readonly #link: GatewayLink;
  readonly #signal: AbortSignal;
  #skills: readonly SkillEntry[] = [];
  #stale = false;
  #telling = false;

  constructor(link: GatewayLink, signal: AbortSignal) {
    this.#link = link;
    this.#signal = signal;
    link.onChange((reachable) => {
      if (reachable) this.#changed();
    });
  }

  use(set: SkillSet): void {
    this.#skills = entriesOf(set)
      .filter(({ name }) => tellable.test(name))
      .slice(0, maxTold);
    this.#changed();
  }

  #changed(): void {
    this.#stale = true;
    // Not reachable: told as soon as it is.
    if (!this.#telling && this.#link.reachable) void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#telling = true;
    try {
      while (this.#stale && this.#link.reachable && !this.#signal.aborted) {
        this.#stale = false;
        const told = await this.#put();
        if (told) continue;
        this.#stale = true;
        await sleep(retryMs, undefined, { signal: this.#signal });
      }
    } catch (error) {
      this.#stale = true;
      if (!(error instanceof GatewayUnreachable) && !this.#signal.aborted) throw error;
    } finally {
      this.#telling = false;
    }
  }

  async #put(): Promise<boolean> {
    const { status } = await this.#link.request('PUT', '/v1/skills', {
      body: { skills: this.#skills },
      timeoutMs,
      signal: this.#signal,
      traced: false,
    });
    return status < 300;
  }
}

function entriesOf({ skills, problems, stale }: SkillSet): SkillEntry[] {
  const usable = [...skills.values()].map(({ name, description, schedule, requires, enabled, freshWithinMs }) => ({
    name,
    description,
    schedule: schedule?.text.slice(0, maxScheduleLength) ?? null,
    requires: [...requires],
    enabled,
    freshWithinMs: enabled ? freshWithinMs : null,
    ...told(problems.get(name)),
    ...(stale.has(name) && { stale: true }),
  }));
  const unusable = [...problems]
    .filter(([name]) => !skills.has(name))
    .map(([name, problem]) => ({ ...nothingKnown, name, ...told(problem) }));
  return [...usable, ...unusable];
}

function told(problem: string | undefined): { problem?: string } {
  return problem === undefined ? {} : { problem: problem.slice(0, maxProblemLength) };
}
