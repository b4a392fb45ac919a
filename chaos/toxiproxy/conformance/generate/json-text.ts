/** JSON as text, with the flaws that clients make: what a parsed value could not hold. */
import fc from 'fast-check';

/** Each value is JSON text already. */
export type Members = Readonly<Record<string, string>>;

/** Keys now and then in another case, members in any order, a duplicate at times. */
export function objectText(members: fc.Arbitrary<Members>): fc.Arbitrary<string> {
  return fc.tuple(members, fc.infiniteStream(fc.nat({ max: 9 })), fc.boolean()).map(([given, chance, reverse]) => {
    const entries = Object.entries(given).map(([key, text]) => `${JSON.stringify(recased(key, next(chance)))}:${text}`);
    if (reverse) entries.reverse();
    return `{${entries.join(',')}}`;
  });
}

/** Mostly `text`; at times cut, followed by more, or something else altogether. */
export function flawed(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: text },
    { weight: 1, arbitrary: fc.tuple(text, fc.nat({ max: 200 })).map(([whole, at]) => whole.slice(0, at)) },
    { weight: 1, arbitrary: text.map((whole) => ` \n${whole} and more {`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'x', 'null', '[]', '5', '"text"', 'true', '{}', '{"a":1,}', "{'a':1}"),
    },
  );
}

function recased(key: string, chance: number): string {
  if (chance === 0) return key.toUpperCase();
  return chance === 1 ? key.charAt(0).toUpperCase() + key.slice(1) : key;
}

function next(chance: Iterator<number>): number {
  return chance.next().value as number;
}
