/** What the platform `docker` needs on this machine: an engine, and images that it has or can get. */
import type { Need } from '../platform.ts';
import { connectEngine, engineText, NoEngine } from './engine.ts';
import { type ImageSource, imageSources } from './image-sources.ts';

export async function dockerNeeds(): Promise<readonly Need[]> {
  try {
    const engine = await connectEngine();
    return [{ state: 'met', text: engineText(engine) }, ...(await imageSources(engine)).map(imageNeed)];
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    const text = `no Docker engine that answers at ${error.tried}`;
    return [{ state: 'unmet', text, ...(error.mend && { mend: error.mend }) }];
  }
}

function imageNeed({ variable, image, from }: ImageSource): Need {
  if (from === 'engine') return { state: 'met', text: `image ${image}` };
  if (from === 'registry') return { state: 'met', text: `image ${image}: not here yet, but its registry answers` };
  const mend = `docker pull ${image}, or set ${variable} to an image that you have`;
  return { state: 'unmet', text: `image ${image} is not here, nor to be had: ${from.failure}`, mend };
}
