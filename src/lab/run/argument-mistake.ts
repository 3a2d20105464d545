import { InputError } from '../../model/index.js';
import type { PolicyContext } from '../../policies/policy.js';
import { parsePolicyUse } from '../policy-file/policy-use.js';
import { withNearest } from '../scenario/nearest.js';
import type { RunSpec } from './run-spec.js';

/**
 * A policy names only the parameter in its errors. The result also names the option that the parameter came from, the character in it,
 * and the nearest framework. Other errors are returned as they are.
 */
export function asMistakeOfArgument(error: unknown, spec: RunSpec, { frameworks }: PolicyContext): unknown {
  if (!(error instanceof InputError)) return error;
  const { field, file, path } = error.place;
  if (field === undefined || file !== undefined || path !== undefined || field.startsWith('--')) return error;
  const found = withNearest(
    error,
    frameworks.map(({ name }) => name),
  );
  const use = parsePolicyUse(spec.policy);
  const argument = use.arguments.find(({ name }) => name === field);
  const key = Object.keys(spec.set).find((one) => one === field || one.endsWith(`.${field}`));
  if (argument === undefined) return key === undefined ? found : found.at({ field: `--set ${key}` });
  const { columns, path: at } = spec.policyPlace ?? { columns: {} };
  const column = columns[field];
  const offset = Math.max(0, argument.value.indexOf(/^found "(.*?)"/.exec(error.problem)?.[1] ?? ''));
  return new InputError(
    {
      field: '--policy',
      ...(column !== undefined && { column: column + offset }),
      ...(at !== undefined && { path: at }),
    },
    `${field}: ${found.problem}`,
  );
}
