import type { AnyScore, ChoiceSpec, WeightedScore } from '../contract.js';

/** A policy in JavaScript may pass anything. The error names the policy, the method, the argument, and what it found. */
export function wrongArgument(
  policy: string,
  method: string,
  argument: string,
  found: unknown,
  expected: string,
): RangeError {
  return new RangeError(`${policy}: ${method}: ${argument}: found ${shown(found)}, expected ${expected}`);
}

/** A value of any type for messages; strings have quotes. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

const NORMALISATIONS: Readonly<Record<NonNullable<WeightedScore['normalise']>, true>> = {
  none: true,
  max: true,
  'max-reversed': true,
  range: true,
  spread: true,
};

/** @throws RangeError when a question about machines is malformed. */
export function checkChoice(choice: ChoiceSpec, policy: string): void {
  const need = (isGood: boolean, argument: string, found: unknown, expected: string) => {
    if (!isGood) throw wrongArgument(policy, 'prepare', argument, found, expected);
  };
  const { score, ties, where } = choice ?? {};
  need(ties === undefined || TIES.includes(ties), 'ties', ties, `one of ${TIES.join(', ')}`);
  need(where === undefined || typeof where === 'function', 'where', where, 'a function');
  if (!Array.isArray(score)) {
    checkScore(score, 'score', need);
    return;
  }
  need(score.length > 0, 'score', score, 'at least one weighted score');
  for (const [i, part] of (score as readonly WeightedScore[]).entries()) {
    const { weight, normalise = 'none' } = part ?? {};
    checkScore(part?.score, `score[${i}].score`, need);
    need(Number.isFinite(weight), `score[${i}].weight`, weight, 'a finite number');
    const rules = Object.keys(NORMALISATIONS).join(', ');
    need(Object.hasOwn(NORMALISATIONS, normalise), `score[${i}].normalise`, normalise, `one of ${rules}`);
  }
}

const TIES: readonly unknown[] = ['lowest-rank', 'random'];

type Need = (isGood: boolean, argument: string, found: unknown, expected: string) => void;

function checkScore(score: unknown, argument: string, need: Need): void {
  need(typeof score === 'object' && score !== null, argument, score, 'a score');
  const { name, reads, make } = score as Partial<AnyScore>;
  need(typeof name === 'string', `${argument}.name`, name, 'a name');
  need(Array.isArray(reads), `${argument}.reads`, reads, 'a list of names');
  need(typeof make === 'function', `${argument}.make`, make, 'a function');
}
