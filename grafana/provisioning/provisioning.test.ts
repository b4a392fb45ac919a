/** The provisioning files have the shape that Grafana reads, and fit the dashboards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const source = z.strictObject({
  name: z.string(),
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  type: z.enum(['prometheus', 'tempo']),
  access: z.literal('proxy'),
  url: z.string().regex(/^\$[A-Z_]+$/),
  isDefault: z.boolean().optional(),
  editable: z.literal(false),
  jsonData: z.record(z.string(), z.unknown()),
});
const sources = z.strictObject({ apiVersion: z.literal(1), prune: z.boolean(), datasources: z.array(source) });
const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      type: z.literal('file'),
      folder: z.string(),
      folderUid: z.string(),
      allowUiUpdates: z.literal(false),
      disableDeletion: z.boolean(),
      updateIntervalSeconds: z.number().min(10),
      options: z.strictObject({ path: z.string(), foldersFromFilesStructure: z.boolean() }),
    }),
  ),
});

function text(folder: 'datasources' | 'dashboards'): string {
  const names = readdirSync(join(import.meta.dirname, folder));
  expect(names).toEqual(['openclaw.yaml']);
  return readFileSync(join(import.meta.dirname, folder, 'openclaw.yaml'), 'utf8');
}

test('data sources: Prometheus at the pace of its scrapes, and Tempo', () => {
  const { datasources } = sources.parse(parse(text('datasources')));
  expect(datasources.map(({ type, uid, isDefault = false }) => [type, uid, isDefault])).toEqual([
    ['prometheus', 'openclaw-prometheus', true],
    ['tempo', 'openclaw-tempo', false],
  ]);
  expect(datasources[0]?.jsonData).toMatchObject({ timeInterval: '1s', httpMethod: 'POST' });
});

test('what a data source refers to exists', () => {
  const { datasources } = sources.parse(parse(text('datasources')));
  const uids = datasources.map(({ uid }) => uid);
  const named = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"([^"]+)"/g)].map(([, uid = '']) => uid);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((uid) => !uids.includes(uid))).toEqual([]);
});

test('dashboards: from the folder of the generated files', () => {
  const { providers: found } = providers.parse(parse(text('dashboards')));
  expect(found.map(({ options }) => options.path)).toEqual(['$DASHBOARDS_PATH']);
});

test('addresses come from these variables of the environment, and no other', () => {
  const used = [...`${text('datasources')}${text('dashboards')}`.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
  expect(used.sort()).toEqual(['DASHBOARDS_PATH', 'PROMETHEUS_URL', 'TEMPO_URL']);
});
