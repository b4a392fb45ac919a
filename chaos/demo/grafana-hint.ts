/** How to look at a demo with a Grafana that it did not start. Pure. */

/** Without containers: what a Grafana on this machine is to be pointed at. */
export function grafanaHint(prometheusUrl: string): readonly string[] {
  return [
    '  Grafana      not started here (it comes with --platform docker). To point one of yours at this demo:',
    `    by hand      a data source of type Prometheus at ${prometheusUrl}, scrape interval 1s; import grafana/dashboards/*.json`,
    '    or all of it, from this folder, where Grafana is installed:',
    `    PROMETHEUS_URL=${prometheusUrl} TEMPO_URL=http://127.0.0.1:3200 DASHBOARDS_PATH=$PWD/grafana/dashboards \\`,
    '      GF_PATHS_PROVISIONING=$PWD/grafana/provisioning grafana server --homepath /usr/share/grafana',
  ];
}

/** With containers, but no image of Grafana. */
export function missingImageHint(image: string, prometheusUrl: string): readonly string[] {
  return [
    `  Grafana      not started: the image ${image} is not here (docker pull ${image}, or set CHAOS_IMAGE_GRAFANA); its data source would be ${prometheusUrl}`,
  ];
}
