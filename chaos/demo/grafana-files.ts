/** What a Grafana needs to show the dashboards: the files of `grafana/`, where they are to lie in its container, and its settings. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PlacedFile {
  readonly content: string;
  readonly target: string;
  /** Grafana runs as a user of its own. */
  readonly mode: number;
}

const provisioningFolder = '/etc/grafana/provisioning';
const readableByAll = 0o644;

/** `dashboardsFolder`: where the provisioning files look for the dashboards. `root` holds `grafana/`. */
export async function grafanaFiles(root: string, dashboardsFolder: string): Promise<readonly PlacedFile[]> {
  const provisioning = await filesIn(join(root, 'grafana/provisioning'), /\.ya?ml$/);
  const dashboards = await filesIn(join(root, 'grafana/dashboards'), /\.json$/);
  const placed = (folder: string) => (file: { path: string; content: string }) => ({
    content: file.content,
    target: `${folder}/${file.path}`,
    mode: readableByAll,
  });
  return [...provisioning.map(placed(provisioningFolder)), ...dashboards.map(placed(dashboardsFolder))];
}

/** Addresses as Grafana's container dials them. */
export interface GrafanaAddresses {
  readonly prometheusUrl: string;
  /** Where nobody answers, traces are not shown, and nothing else is missing. */
  readonly tempoUrl: string;
  readonly dashboardsFolder: string;
}

/** What the provisioning files want to be told. */
export function provisioningVariables(addresses: GrafanaAddresses): Readonly<Record<string, string>> {
  const { prometheusUrl, tempoUrl, dashboardsFolder } = addresses;
  return { PROMETHEUS_URL: prometheusUrl, TEMPO_URL: tempoUrl, DASHBOARDS_PATH: dashboardsFolder };
}

/** Nobody logs in: it is reached from this machine only, and gone with the demo. It asks nobody for updates, news or plugins. */
export function grafanaSettings({ dashboardsFolder }: GrafanaAddresses): Readonly<Record<string, string>> {
  return {
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Editor',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${dashboardsFolder}/overview.json`,
    GF_DASHBOARDS_MIN_REFRESH_INTERVAL: '1s',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  };
}

async function filesIn(folder: string, wanted: RegExp): Promise<{ path: string; content: string }[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => wanted.test(path)).sort();
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(folder, path), 'utf8') })));
}
