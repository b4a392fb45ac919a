/** Sessions in a world of their own, for tests. */
import { type ConnectOptions, connect, type Session, type SessionError, type State } from './client.ts';
import { World } from './world.fixture.ts';

export interface Started {
  readonly world: World;
  readonly session: Session;
  readonly states: State[];
  readonly problems: SessionError[];
}

export function start(options: Partial<ConnectOptions> = {}, world = new World()): Started {
  const session = connect({ url: 'ws://x', token: 'secret', environment: world.environment, ...options });
  const states: State[] = [];
  const problems: SessionError[] = [];
  session.on('state', (state) => states.push(state));
  session.on('problem', (problem) => problems.push(problem));
  return { world, session, states, problems };
}

export async function open(options: Partial<ConnectOptions> = {}, world = new World()): Promise<Started> {
  const started = start(options, world);
  await world.carry();
  await world.carry();
  return started;
}

/** Reads exactly so many items. */
export async function take(session: Session, count: number) {
  const items = [];
  const entries = session.entries();
  while (items.length < count) {
    const { value, done } = await entries.next();
    if (done || value === undefined) break;
    items.push(value);
  }
  return items;
}
