import { expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { loadManifest } from '../input/load.ts';
import type { Manifest } from '../manifest.ts';
import { addressLines } from './addresses.ts';

const { loaded: manifest } = await loadManifest('resilient', root);

it('says where everything is: Prometheus, the layers, the way in with its token, and the logs', () => {
  const lines = addressLines({
    manifest: manifest as Manifest,
    platform: {
      name: 'local',
      prometheusUrl: 'http://127.0.0.1:9090',
      linkAddress: (link) => `127.0.0.1:${link === 'client-session' ? 1 : 2}`,
      observerAddress: (node) => `127.0.0.1:${node.length}`,
    },
    token: 'secret',
    collector: 'http://127.0.0.1:4318',
    runId: 'demo-1',
    runDir: '/top/.chaos/runs/demo-1',
    root: '/top',
  });
  expect(lines).toEqual([
    '  Prometheus   http://127.0.0.1:9090  (alerts: /api/v1/alerts)',
    '  session      http://127.0.0.1:7/health',
    '  gateway      http://127.0.0.1:7/health',
    '  runtime      http://127.0.0.1:7/health',
    '  WebSocket    ws://127.0.0.1:1/ws',
    '  gateway API  http://127.0.0.1:2/v1/skills',
    '  token        secret  (a throw-away: with this demo it ends)',
    '  spans        to http://127.0.0.1:4318',
    '  logs         .chaos/runs/demo-1/output/',
  ]);
});
