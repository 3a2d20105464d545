import type { MasterState } from '../state.js';
import { recoverDeactivations } from './deactivation.js';
import { recoverMaintenance } from './maintenance.js';
import { recoverQuotas } from './quota.js';
import { recoverWeights } from './weights.js';

/** Takes all that operators have set, and the store has kept, into use. */
export async function recoverOperatorState(state: MasterState): Promise<void> {
  await recoverQuotas(state);
  await recoverWeights(state);
  await recoverMaintenance(state);
  await recoverDeactivations(state);
}
