/** Where a search begins and ends: whole numbers, least <= guess <= most. */
export interface SearchRange {
  readonly least: number;
  readonly most: number;
  /** A good guess saves probes. */
  readonly guess: number;
}

/**
 * The fewest of a range with which something holds that more of them can only help; undefined when it does not hold with the most. Goes from
 * the guess in steps that double until the answer is enclosed, then halves. What comes out holds, and one less does not (or is out of range),
 * even where more do not always help.
 */
export async function fewest(
  { least, most, guess }: SearchRange,
  holds: (count: number) => Promise<boolean>,
): Promise<number | undefined> {
  let fails = least - 1;
  let works = most + 1;
  const probe = async (count: number) => {
    if (await holds(count)) works = count;
    else fails = count;
  };
  await probe(guess);
  for (let step = FIRST_STEP; works - fails > 1 && (works > most || fails < least); step *= 2) {
    if (works > most) await probe(Math.min(most, fails + step));
    else await probe(Math.max(least, works - step));
    if (fails === most) return undefined;
  }
  while (works - fails > 1) await probe(Math.floor((fails + works) / 2));
  return works > most ? undefined : works;
}

const FIRST_STEP = 4;
