import { describe, expect, it } from 'vitest';
import { refusalOf } from './handshake.ts';

const host = '127.0.0.1:3018';
const allowed = ['https://chat.example.org'];

describe('a handshake', () => {
  it.each([
    ['without an origin: no browser', { url: '/ws' }],
    ['with a query that holds no token', { url: '/ws?version=1' }],
    ['of a page of the layer itself', { url: '/ws', origin: 'http://127.0.0.1:3018' }],
    ['of a page behind a proxy that ends TLS', { url: '/ws', origin: 'https://chat.local', host: 'chat.local' }],
    ['of a page that is listed', { url: '/ws', origin: 'https://chat.example.org' }],
    ['of a page that is listed, in capitals', { url: '/ws', origin: 'https://CHAT.example.org' }],
  ])('%s is taken', (_title, given) => {
    expect(refusalOf({ host, origin: undefined, ...given }, allowed)).toBeUndefined();
  });

  it.each([
    ['elsewhere', { url: '/other' }, 404, 'OPENCLAW_NO_ROUTE'],
    ['with a token in the URL', { url: '/ws?token=secret' }, 400, 'OPENCLAW_TOKEN_IN_URL'],
    ['with an access token in the URL', { url: '/ws?a=b&access_token=secret' }, 400, 'OPENCLAW_TOKEN_IN_URL'],
    ['with a token in an escaped name', { url: '/ws?t%6Fken=secret' }, 400, 'OPENCLAW_TOKEN_IN_URL'],
    ['of a page of somebody else', { url: '/ws', origin: 'https://evil.example' }, 403, 'OPENCLAW_ORIGIN'],
    ['of the right host, another port', { url: '/ws', origin: 'http://127.0.0.1:8080' }, 403, 'OPENCLAW_ORIGIN'],
    ['of a page without an origin', { url: '/ws', origin: 'null' }, 403, 'OPENCLAW_ORIGIN'],
    ['of an origin that is no URL', { url: '/ws', origin: 'not a url' }, 403, 'OPENCLAW_ORIGIN'],
    ['of a page, without a host', { url: '/ws', origin: 'null', host: undefined }, 403, 'OPENCLAW_ORIGIN'],
    [
      'that only begins like a listed one',
      { url: '/ws', origin: 'https://chat.example.org.evil' },
      403,
      'OPENCLAW_ORIGIN',
    ],
  ])('%s is refused', (_title, given, status, code) => {
    expect(refusalOf({ host, origin: undefined, ...given }, allowed)?.problem).toMatchObject({ status, code });
  });
});
