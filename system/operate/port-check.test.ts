import { describe, expect, it } from 'vitest';
import { listeningInodes, takenPorts } from './port-check.ts';
import { startConfig } from './start-config.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BCB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1147 1 0000000031 100 0 0 10 0
   1: 0100007F:0BCB 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1148 1 0000000031 100 0 0 10 0
   2: 0100007F:0BCC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1149 1 0000000031 100 0 0 10 0
`;

describe('who listens', () => {
  it('is the socket in the state of listening at that port', () => {
    expect(listeningInodes(table, 3019)).toEqual(['1147']);
    expect(listeningInodes(table, 3020)).toEqual(['1149']);
  });

  it('is nobody otherwise', () => expect(listeningInodes(table, 0xcb)).toEqual([]));
});

it('says once that an address is not of this machine', async () => {
  const config = startConfig({ OPENCLAW_HOME: '/nowhere', OPENCLAW_HOST: '192.0.2.1' });
  expect(await takenPorts(config)).toEqual([
    'cannot listen on 192.0.2.1 (EADDRNOTAVAIL): set OPENCLAW_HOST to an address of this machine',
  ]);
});
