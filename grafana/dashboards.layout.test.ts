/** Panels stand side by side, not on each other, and inside the grid. */
import { expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { columns } from './layout.ts';

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const all = Object.entries(dashboards).map(([name, { panels = [] }]) => {
  const boxes = panels.map(
    ({ title = '', gridPos }): Box => ({ name: title, ...(gridPos ?? { x: 0, y: 0, w: 0, h: 0 }) }),
  );
  return { name, boxes };
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

test.each(all)('$name: no panel on another', ({ boxes }) => {
  const pairs = boxes.flatMap((a, index) => boxes.slice(index + 1).map((b) => [a, b] as const));
  expect(pairs.filter(([a, b]) => overlap(a, b)).map(([a, b]) => `${a.name} / ${b.name}`)).toEqual([]);
});

test.each(all)('$name: no panel beyond the 24 columns, or without room', ({ boxes }) => {
  expect(boxes.filter(({ x, y, w, h }) => x < 0 || y < 0 || w < 1 || h < 1 || x + w > columns)).toEqual([]);
});

test.each(all)('$name: no holes: each line is as wide as the grid', ({ boxes }) => {
  const area = boxes.reduce((sum, { w, h }) => sum + w * h, 0);
  const height = Math.max(...boxes.map(({ y, h }) => y + h));
  expect(area).toBe(columns * height);
});
