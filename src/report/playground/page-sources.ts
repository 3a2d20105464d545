import { list } from '../../formulas/list.js';
import type { RunSources } from '../../lab/run/run-sources.js';
import { InputError, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { POLICIES } from '../../policies/registry.js';
import type { Interactive } from '../experiment.js';

/** The policies of the page. `list` is imported here, so that the bundle has only the parser of mathjs, not all of it. */
export const PAGE_POLICIES: readonly Policy[] = [...POLICIES, list];

/** The inputs of runs in a page, which has no files. */
export function pageSources({ version, digests }: Interactive): RunSources {
  return {
    version,
    policy: async (name) => {
      const policy = PAGE_POLICIES.find((one) => one.name === name);
      if (policy !== undefined) return policy;
      const names = PAGE_POLICIES.map((one) => one.name);
      throw InputError.expected({ field: '--policy' }, name, 'the name of a policy', names);
    },
    policyDigest: async (name) => digests[name],
    workload: ({ path }) => noFile(path),
    machines: (path) => noFile(path),
    machineChanges: (path) => noFile(path),
    failureTrace: (path) => noFile(path),
  };
}

function noFile(path: string): never {
  throw new InputError({}, `a page cannot read files, such as ${quote(path)}`);
}
