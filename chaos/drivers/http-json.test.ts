import { describe, expect, it } from 'vitest';
import { ChaosError } from '../errors.ts';
import { serve } from '../observe/testing/http-server.ts';
import { httpJson } from './http-json.ts';

describe('an exchange of JSON', () => {
  it('has a deadline for the whole of it', async () => {
    const address = await serve((_, response) => response.write('{'));
    await expect(httpJson({ address, path: '/x', timeoutMs: 200 })).rejects.toThrow('no answer within 200 ms');
  });

  it('does not take half an answer', async () => {
    const address = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{}');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(httpJson({ address, path: '/x', timeoutMs: 2000 })).rejects.toThrow(ChaosError);
  });

  it('tells status and text of a refusal', async () => {
    const address = await serve((_, response) => void response.writeHead(503).end('draining'));
    await expect(httpJson({ address, path: '/x', timeoutMs: 2000 })).rejects.toThrow('status 503: draining');
  });
});
