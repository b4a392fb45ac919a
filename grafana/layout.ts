/** Puts panels on Grafana's grid of 24 columns: lines of panels, in sections. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

export const columns = 24;

export interface Section {
  /** The section at the top has no title: what is seen in the first second needs none. */
  readonly title?: string;
  readonly lines: readonly Line[];
}

export interface Line {
  /** In Grafana's units of about 30 pixels. */
  readonly height: number;
  readonly panels: readonly Builder<Panel>[];
  readonly widths: readonly number[];
}

/** Panels side by side. Without widths they share the line; of a rest the first ones have one column more. */
export function line(height: number, panels: readonly Builder<Panel>[], widths?: readonly number[]): Line {
  const share = Math.floor(columns / panels.length);
  const rest = columns - share * panels.length;
  return { height, panels, widths: widths ?? panels.map((_, index) => share + (index < rest ? 1 : 0)) };
}

export type Placed =
  | { readonly row: string; readonly gridPos: GridPos }
  | { readonly panel: Builder<Panel>; readonly gridPos: GridPos };

/** From top to bottom. */
export function placed(sections: readonly Section[]): Placed[] {
  const all: Placed[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    if (title !== undefined) {
      all.push({ row: title, gridPos: { x: 0, y, w: columns, h: 1 } });
      y += 1;
    }
    for (const { height, panels, widths } of lines) {
      let x = 0;
      for (const [index, panel] of panels.entries()) {
        const w = widths[index] ?? columns - x;
        all.push({ panel, gridPos: { x, y, w, h: height } });
        x += w;
      }
      y += height;
    }
  }
  return all;
}
