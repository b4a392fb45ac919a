/** All of a list that the gateway gives page by page. */
import type { z } from 'zod';
import { httpJson } from '../drivers/http-json.ts';
import { ChaosError } from '../errors.ts';

const pageLength = 500;
const maxItems = 200_000;
const timeoutMs = 10_000;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | null | undefined;
}

/** `path` without limit and cursor; `schema` turns an answer into a page. Throws `CHAOS_PAGES`. */
export async function readPages<Item>(
  address: string,
  path: string,
  token: string,
  schema: z.ZodType<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = `${path.includes('?') ? '&' : '?'}limit=${pageLength}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { body } = await httpJson({ address, path: `${path}${query}`, token, timeoutMs });
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new ChaosError('CHAOS_PAGES', `${path}: not a page: ${parsed.error.message}`);
    items.push(...parsed.data.items);
    const { next } = parsed.data;
    if (next === null || next === undefined || parsed.data.items.length === 0) return items;
    if (items.length > maxItems) throw new ChaosError('CHAOS_PAGES', `${path}: more than ${maxItems} items`);
    cursor = next;
  }
}
