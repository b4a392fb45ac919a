/** Words, for who sees the dashboard for the first time. */
import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import type { Shown } from './shown.ts';

export function text({ title, description, lines }: Shown & { readonly lines: readonly string[] }): PanelBuilder {
  return new PanelBuilder().title(title).description(description).mode(TextMode.Markdown).content(lines.join('\n'));
}
