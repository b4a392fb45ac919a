import { expect, it } from 'vitest';
import { independenceText } from './independence-text.ts';

const none = { judged: 0, independent: 0, untraced: 0, refused: 0 };

it.each([
  [
    { ...none, judged: 41, independent: 41, untraced: 3 },
    'independence 1 (41 of 41 scheduled runs started without a call to another layer; 3 without a whole trace)',
  ],
  [{ ...none, judged: 9 }, 'independence 0 (0 of 9 scheduled runs started without a call to another layer)'],
  [
    { ...none, judged: 100_000, independent: 99_999 },
    'independence 0.9999 (99999 of 100000 scheduled runs started without a call to another layer)',
  ],
  [
    { ...none, untraced: 4, refused: 1 },
    'independence not known (no trace of a scheduled run that was due while a fault stood; 4 without a whole trace; 1 span not kept)',
  ],
])('%o', (independence, text) => {
  expect(independenceText(independence)).toBe(text);
});
