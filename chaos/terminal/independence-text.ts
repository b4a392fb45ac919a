/** Independence in one line. */
import type { Independence } from '../traces/independence.ts';
import { counted } from './event-text.ts';

/** `not known` where nothing was judged: no path leads from no data to 1. Cut, not rounded: nearly all are not all. */
export function independenceShare({ judged, independent }: Independence): string {
  return judged === 0 ? 'not known' : String(Math.floor((independent / judged) * 1e4) / 1e4);
}

export function independenceText(independence: Independence): string {
  const { judged, independent, untraced, refused } = independence;
  const how =
    judged === 0
      ? 'no trace of a scheduled run that was due while a fault stood'
      : `${independent} of ${counted(judged, 'scheduled run')} started without a call to another layer`;
  const said = [
    how,
    ...(untraced > 0 ? [`${untraced} without a whole trace`] : []),
    ...(refused > 0 ? [`${counted(refused, 'span')} not kept`] : []),
  ];
  return `independence ${independenceShare(independence)} (${said.join('; ')})`;
}
