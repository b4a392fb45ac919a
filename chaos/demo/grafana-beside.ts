/** Grafana beside a demo: on docker a container that comes up in its own time, elsewhere a word on how to have one. The demo never waits for it. */
import type { Platform } from '../platform/platform.ts';
import { grafanaHint, missingImageHint } from './grafana-hint.ts';

export interface GrafanaBesideOptions {
  readonly platform: Pick<Platform, 'name' | 'prometheusUrl'>;
  readonly runId: string;
  readonly runDir: string;
  /** The folder that holds `grafana/`. */
  readonly root: string;
  readonly say: (text: string) => void;
}

export class GrafanaBeside implements AsyncDisposable {
  readonly #starting: Promise<void>;
  readonly #stop = new AbortController();

  constructor(options: GrafanaBesideOptions) {
    const { platform, say } = options;
    this.#starting = platform.name === 'docker' ? this.#start(options) : Promise.resolve();
    if (platform.name !== 'docker') for (const line of grafanaHint(platform.prometheusUrl)) say(line);
  }

  /** What goes wrong is told, and is of no consequence. */
  async #start({ platform, runId, runDir, root, say }: GrafanaBesideOptions): Promise<void> {
    const { signal } = this.#stop;
    try {
      const { startGrafana } = await import('./grafana-container.ts');
      const found = await startGrafana({ runId, runDir, root, signal });
      const lines =
        'url' in found ? [`  Grafana      ${found.url}`] : missingImageHint(found.missing, platform.prometheusUrl);
      if (!signal.aborted) for (const line of lines) say(line);
    } catch (error) {
      if (!signal.aborted)
        say(`  Grafana      did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Nothing of it is under way any more; the container goes with the run that it belongs to. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#starting;
  }
}
