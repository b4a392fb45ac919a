/** Testcontainers' container with what it has no call for: an init, a restart policy, a bound on its log, an alias in one network only. */
import type Dockerode from 'dockerode';
import { GenericContainer, StartupCheckStrategy, type StartupStatus } from 'testcontainers';

const answerWithinMs = 1_000;

export class ChaosContainer extends GenericContainer {
  /** The init reaps orphans and forwards signals; the policy brings the container back after a crash. */
  withSelfHealing(): this {
    this.hostConfig.RestartPolicy = { Name: 'always' };
    return this.withInit();
  }

  withInit(): this {
    this.hostConfig.Init = true;
    return this;
  }

  /** Published on this machine's loopback only: nobody else is to reach it. */
  withLoopbackPort(container: number, host: number): this {
    this.withExposedPorts({ container, host });
    const binding = { HostIp: '127.0.0.1', HostPort: String(host) };
    this.hostConfig.PortBindings = { ...this.hostConfig.PortBindings, [`${container}/tcp`]: [binding] };
    return this;
  }

  withBoundedLog(): this {
    this.hostConfig.LogConfig = { Type: 'json-file', Config: { 'max-size': '16m', 'max-file': '1' } };
    return this;
  }

  /** Testcontainers' own aliases leave the container in Docker's default network as well, past which a run's network is nothing. */
  withAliasIn(network: string, alias: string): this {
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: { Aliases: [alias] } } };
    return this.withNetworkMode(network);
  }
}

/** Waits until the container runs, and for nothing in it. */
export class Running extends StartupCheckStrategy {
  override async checkStartupState(engine: Dockerode, id: string): Promise<StartupStatus> {
    const { State: state } = await engine.getContainer(id).inspect();
    return state.Running ? 'SUCCESS' : 'PENDING';
  }
}

/** Waits until a port that is published on this machine's loopback answers there: Testcontainers may take another way to the engine's host. */
export class AnswersOnLoopback extends StartupCheckStrategy {
  readonly #url: string;

  constructor(port: number, path: string) {
    super();
    this.#url = `http://127.0.0.1:${port}${path}`;
  }

  override async checkStartupState(): Promise<StartupStatus> {
    const answer = fetch(this.#url, { signal: AbortSignal.timeout(answerWithinMs) });
    return (await answer.catch(() => undefined))?.ok ? 'SUCCESS' : 'PENDING';
  }
}
