import { z } from 'zod';
import { isRolePath, quote } from '../../../model/index.js';
import { keptEntries } from '../../store.js';
import { HttpError } from '../../wire/http-error.js';
import type { OperatorMembers } from '../../wire/operator-call.js';
import type { View } from '../authorization/view.js';
import { rescind, withAllocation } from '../offers/offers.js';
import type { MasterState } from '../state.js';

/** Store key of all weights: one value of `[role, weight]` pairs. */
const KEY = 'weights';
const weightsSchema = z.array(z.tuple([z.string(), z.number().positive()]));

/** Recovers weights from the store. */
export async function recoverWeights(state: MasterState): Promise<void> {
  for (const [, weights] of await keptEntries(state.store, KEY, weightsSchema)) applyWeights(state, weights);
}

/**
 * UPDATE_WEIGHTS. If a framework is in one of the roles, all offers are rescinded, so that new ones follow the new weights
 * (Mesos, master/weights_handler.cpp).
 * @throws HttpError 400
 */
export async function updateWeights(
  state: MasterState,
  { weight_infos }: OperatorMembers['update_weights'],
): Promise<void> {
  const changed = weight_infos.map(({ role = '', weight }) => {
    if (!isRolePath(role)) throw new HttpError(400, `Invalid weight role ${quote(role)}`);
    if (!(weight > 0))
      throw new HttpError(400, `Invalid weight ${weight} of role ${quote(role)}: it must be positive`);
    return [role, weight] as const;
  });
  await state.store.put(KEY, [...new Map([...state.weights, ...changed])]);
  applyWeights(state, changed);
  const roles = new Set(changed.map(([role]) => role));
  const isUsed = [...state.frameworks.values()].some((framework) =>
    framework.roles.some((role) => roles.has(role)),
  );
  if (isUsed)
    withAllocation(state, () => {
      for (const offer of [...state.offers.values()]) rescind(state, offer);
    });
}

/** The answer to GET_WEIGHTS: roles with an explicit weight. */
export function weightsAnswer({ weights }: MasterState, view: View): object {
  const visible = [...weights].filter(([role]) => view.role(role));
  return { weight_infos: visible.map(([role, weight]) => ({ role, weight })) };
}

function applyWeights(state: MasterState, weights: readonly (readonly [string, number])[]): void {
  for (const [role, weight] of weights) {
    state.weights.set(role, weight);
    state.host.setWeight(role, weight);
  }
}
