import { didYouMean, InputError } from '../../model/index.js';

/** The error with the known name that is nearest to the found one, if the error has none yet. */
export function withNearest(error: InputError, known: readonly string[]): InputError {
  const found = /^found "([^"]+)", expected /.exec(error.problem)?.[1];
  if (found === undefined || error.problem.includes('; did you mean ')) return error;
  return new InputError(error.place, `${error.problem}${didYouMean(found, known)}`);
}
