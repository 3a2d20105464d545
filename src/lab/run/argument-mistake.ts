import { InputError } from '../../model/index.js';
import { parsePolicyUse } from '../policy-file/policy-use.js';
import type { RunSpec } from './run-spec.js';

/**
 * A policy names only the parameter in its errors. The result also names the option that the parameter came from, and the character in it.
 * Other errors are returned as they are.
 */
export function asMistakeOfArgument(error: unknown, spec: RunSpec): unknown {
  if (!(error instanceof InputError)) return error;
  const { field, file, path, column: inValue } = error.place;
  if (field === undefined || file !== undefined || path !== undefined || field.startsWith('--')) return error;
  const use = parsePolicyUse(spec.policy);
  const argument = use.arguments.find(({ name }) => name === field);
  const key = Object.keys(spec.set).find((one) => one === field || one.endsWith(`.${field}`));
  if (argument === undefined) return key === undefined ? error : error.at({ field: `--set ${key}` });
  const { columns, path: at } = spec.policyPlace ?? { columns: {} };
  const column = columns[field];
  const offset = inValue === undefined ? Math.max(0, argument.value.indexOf(error.found ?? '')) : inValue - 1;
  return new InputError(
    {
      field: '--policy',
      ...(column !== undefined && { column: column + offset }),
      ...(at !== undefined && { path: at }),
    },
    `${field}: ${error.problem}`,
    error.found,
  );
}
