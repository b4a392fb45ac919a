import { describe, expect, it } from 'vitest';
import { StopRequests } from './stop-requests.ts';

describe('wishes to stop', () => {
  const heard = (times: readonly number[]) => {
    const said: string[] = [];
    const requests = new StopRequests().on('stop', () => said.push('stop')).on('stop-now', () => said.push('now'));
    for (const at of times) requests.ask('SIGINT', at);
    return said;
  };

  it('are one if they come together, as from terminal and npm', () => expect(heard([0, 3])).toEqual(['stop']));

  it('are urgent the second time', () => expect(heard([0, 3, 500])).toEqual(['stop', 'now']));
});
