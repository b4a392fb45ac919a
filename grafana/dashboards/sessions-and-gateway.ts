/** Sessions and gateway: clients and their messages, the API, the links between the layers. */
import { dashboard } from '../dashboard.ts';
import { line } from '../layout.ts';
import { atOnce, perLayer } from './sessions-and-gateway/at-once.ts';
import { clients } from './sessions-and-gateway/clients.ts';
import { gateway } from './sessions-and-gateway/gateway.ts';
import { http } from './sessions-and-gateway/http.ts';
import { links } from './sessions-and-gateway/links.ts';
import { uids } from './uids.ts';

export const sessionsAndGateway = dashboard({
  uid: uids.sessionsAndGateway,
  title: 'OpenClaw / Sessions and gateway',
  description: 'Do clients get through, does the API answer, do the layers have each other?',
  tags: ['sessions', 'gateway'],
  variables: ['instance', 'layer', 'http_route'],
  sections: [
    { lines: atOnce },
    { title: 'Layers', lines: [line(6, [perLayer])] },
    { title: 'Clients and messages', lines: clients },
    { title: 'Gateway', lines: gateway },
    { title: 'HTTP', lines: http },
    { title: 'Links', lines: links },
  ],
});
