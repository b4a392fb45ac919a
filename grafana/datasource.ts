/** Where queries go: to the data source that the reader chose, never to one by name. */
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana resolves it.
export const chosenPrometheus: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };
