import { POLICY_NAMES } from '../lab/policy-file/named-policies.js';
import { policyDigest } from '../lab/policy-file/policy-digest.js';
import type { RunSpec } from '../lab/run/run-spec.js';
import { InputError } from '../model/index.js';
import type { Interactive } from '../report/experiment.js';
import { VERSION } from '../results/files/version.js';

/** Options that decide what an interactive report can hold. */
interface Options {
  readonly report?: string | undefined;
  readonly out?: string | undefined;
  readonly untilPrecision?: string | undefined;
  readonly versus?: string | undefined;
}

/** What a report needs so that its reader can make these runs again. @throws InputError if it cannot hold them */
export async function interactiveOf(
  specs: readonly RunSpec[],
  { report, out, untilPrecision, versus }: Options,
  panel: Interactive['panel'] = 'closed',
): Promise<Interactive> {
  if (report === undefined && out === undefined)
    throw new InputError(
      { field: '--interactive' },
      'is about the report; it needs --report FILE or --out DIR',
    );
  if (untilPrecision !== undefined)
    throw new InputError(
      { field: '--interactive' },
      'contradicts --until-precision, whose runs are not known before',
    );
  const { experimentOf } = await import('../report/playground/run-specs.js');
  const digests = await Promise.all(
    POLICY_NAMES.map(async (name) => [name, await policyDigest(name)] as const),
  );
  return {
    experiment: experimentOf(specs, versus),
    panel,
    version: VERSION,
    digests: Object.fromEntries(digests),
  };
}
