/** Tells the gateway which skills there are: when they change, and whenever the gateway comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { SkillEntry } from '../../layer/wire.ts';
import type { SkillSet } from '../skills/skill-folder.ts';

const timeoutMs = 5000;
const retryMs = 1000;
/** The gateway takes no others, and refuses the whole list for one of them. */
const tellable = /^[^\p{Cc}/]{1,200}$/u;
const maxTold = 500;

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

  use({ skills, problems }: SkillSet): void {
    const usable = [...skills.values()].map(({ name, description, schedule, requires }) => ({
      name,
      description,
      schedule: schedule?.text ?? null,
      requires,
    }));
    const unusable = [...problems].map(([name, problem]) => ({
      name,
      description: '',
      schedule: null,
      requires: [],
      problem,
    }));
    this.#skills = [...usable, ...unusable].filter(({ name }) => tellable.test(name)).slice(0, maxTold);
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
    });
    return status < 300;
  }
}
