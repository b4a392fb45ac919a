/** A toxic on each direction of each link: Toxiproxy's names are unique over both streams of a proxy. */
import type { Direction } from '../toxiproxy/client.ts';

export interface StreamCut {
  readonly link: string;
  readonly stream: Direction;
  readonly toxic: string;
}

export function bothStreams(links: readonly string[], faultName: string): readonly StreamCut[] {
  return links.flatMap((link) =>
    (['upstream', 'downstream'] as const).map((stream) => ({ link, stream, toxic: `${faultName}-${stream}` })),
  );
}
