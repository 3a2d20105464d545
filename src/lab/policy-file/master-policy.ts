import { resolve } from 'node:path';
import { LEDGER_NAMES } from '../../live/wire/resources.js';
import {
  InputError,
  type ParameterValue,
  ParameterValues,
  parameterText,
  ResourceSpace,
} from '../../model/index.js';
import type { Allocator, Feature } from '../../policies/contract.js';
import { checkNeeds } from '../../policies/hosting/features.js';
import { isolated } from '../../policies/hosting/policy-context.js';
import type {
  OfferTerms,
  OperatorSettings,
  Policy,
  PolicyParts,
  TwoLevelParts,
} from '../../policies/policy.js';
import { assignSettings } from '../scenario/settings.js';
import { policyDigest } from './policy-digest.js';
import { loadPolicy } from './policy-file.js';
import { argumentValues, isPolicyPath, parsePolicyUse, policyUseText } from './policy-use.js';

/** A policy whose allocator a real master can host. */
export interface MasterPolicy {
  readonly name: string;
  /** See policyDigest. */
  readonly digest: string;
  /** The policy with all settings that a master uses, in the form of `--policy`. The path of a policy file is absolute. */
  readonly use: string;
  /** A master uses `interval` and `timeout`; `hold` and `refuse` belong to frameworks. */
  readonly terms: OfferTerms;
  readonly allocator: (operator: OperatorSettings) => Allocator;
}

/** What a master has for allocators. */
export const MASTER_FEATURES: ReadonlySet<Feature> = new Set(['memory']);

type Given = Readonly<Record<string, ParameterValue>>;

/** The policy of `--policy` and `--set` for a real master. @throws InputError when a master cannot host it. */
export async function masterPolicy(
  text: string,
  set: Readonly<Record<string, string>> = {},
): Promise<MasterPolicy> {
  const use = parsePolicyUse(text);
  const policy = await loadPolicy(use.name);
  const [assigned] = assignSettings(set, [policy]);
  const given = { ...assigned, ...argumentValues(use, policy) };
  checkParameters(policy, given);
  const values = new ParameterValues(policy.parameters, given);
  // A policy with `masterParameters` is built for a master without a forecast.
  if (policy.masterParameters === undefined && policy.needsForecast?.(values) === true)
    throw new InputError(
      { field: '--policy' },
      `${policy.name} needs a forecast, which a master does not have`,
    );
  const build = (operator: OperatorSettings) => offeringParts(policy, values, operator);
  const { terms } = build({ weights: new Map(), quotas: new Map() });
  const name = isPolicyPath(use.name) ? resolve(use.name) : use.name;
  return {
    name: policy.name,
    digest: await policyDigest(use.name),
    use: policyUseText({ name, arguments: argumentsOf(policy, given) }),
    terms,
    allocator: (operator) => build(operator).allocator,
  };
}

/** @throws InputError for a parameter that would have no effect in a master. */
function checkParameters({ name, masterParameters }: Policy, given: Given): void {
  const foreign = Object.keys(given).find((key) => masterParameters?.includes(key) === false);
  if (foreign === undefined) return;
  throw new InputError(
    { field: `--set ${foreign}` },
    `has no effect in a master, where ${name} has the parameters ${masterParameters?.join(', ')}; frameworks choose their own roles, placement and refusals, and the operator API sets weights and quota`,
  );
}

/** All settings that a master uses, so that a later version with other defaults replays a log with the same settings. */
function argumentsOf({ parameters, masterParameters }: Policy, given: Given) {
  return parameters
    .filter(({ name }) => masterParameters?.includes(name) ?? true)
    .map((parameter) => ({
      name: parameter.name,
      value: parameterText(parameter, given[parameter.name] ?? parameter.default),
    }));
}

/** The parts of the policy for a master. @throws InputError when the policy has no allocator of offers. */
export function offeringParts(
  policy: Policy,
  values: ParameterValues,
  operator: OperatorSettings,
): TwoLevelParts {
  const parts = policy.build(
    values,
    isolated({
      space: new ResourceSpace(LEDGER_NAMES),
      machines: [],
      frameworks: [],
      forecast: undefined,
      taskMix: [],
      operator,
    }),
  );
  if (parts.architecture === 'two-level') {
    checkNeeds(parts.allocator, MASTER_FEATURES, 'a master');
    return parts;
  }
  throw new InputError({ field: '--policy' }, `${policy.name} ${whyNoOffers(parts)}`);
}

/** Why a master, which offers machines to frameworks, cannot host these parts. */
function whyNoOffers(parts: PolicyParts): string {
  const others = 'use drf, lottery, silos or a policy file with an allocator';
  return parts.architecture === 'monolithic' && parts.retry === undefined
    ? `places tasks and makes no offers: frameworks use it, with simulate submit --policy; for the master, ${others}`
    : `is a model of another kind of master, for the simulator only; ${others}`;
}
