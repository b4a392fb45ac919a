import { expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { grafanaFiles, grafanaSettings, provisioningVariables } from './grafana-files.ts';

const addresses = {
  prometheusUrl: 'http://prometheus:9090',
  tempoUrl: 'http://tempo:3200',
  dashboardsFolder: '/dashboards',
};

it('places provisioning files and dashboards where Grafana looks for them, readable by its user', async () => {
  const files = await grafanaFiles(root, '/dashboards');
  const targets = files.map(({ target }) => target);
  for (const wanted of [
    /^\/etc\/grafana\/provisioning\/datasources\/.+\.yaml$/,
    /^\/etc\/grafana\/provisioning\/dashboards\/.+\.yaml$/,
    /^\/dashboards\/overview\.json$/,
  ])
    expect(targets.some((target) => wanted.test(target))).toBe(true);
  expect(targets.filter((target) => /\.ts$/.test(target))).toEqual([]);
  for (const { mode, content } of files) {
    expect(mode).toBe(0o644);
    expect(content).not.toBe('');
  }
});

it('lets everybody in who reaches it, and asks nobody on the internet', () => {
  expect(grafanaSettings(addresses)).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/dashboards/overview.json',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  });
});

it('tells the provisioning files all that they ask for', async () => {
  const files = await grafanaFiles(root, '/dashboards');
  const provisioning = files.filter(({ target }) => target.endsWith('.yaml'));
  const asked = provisioning.flatMap(({ content }) =>
    [...content.replace(/^\s*#.*$/gm, '').matchAll(/\$\{?([A-Z_]+)/g)].map((match) => match[1]),
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(Object.keys(provisioningVariables(addresses))).toEqual(expect.arrayContaining([...new Set(asked)]));
});
