import { HttpError } from '../../wire/http-error.js';
import type { OperatorWrite } from '../../wire/operator-call.js';
import { removeFramework } from '../frameworks/frameworks.js';
import type { MasterState } from '../state.js';
import { authorizeWrite } from './authorize-write.js';
import { deactivateAgent, drainAgent, reactivateAgent } from './deactivation.js';
import { markAgentGone } from './gone.js';
import { startMaintenance, stopMaintenance, updateSchedule } from './maintenance.js';
import { removeQuota, setQuota, updateQuota } from './quota.js';
import { createVolumes, destroyVolumes, reserveResources, unreserveResources } from './reserved-resources.js';
import { updateWeights } from './weights.js';

/** Calls that Mesos answers with 202 because the change is only started. */
const ACCEPTED: ReadonlySet<OperatorWrite['type']> = new Set([
  'UPDATE_WEIGHTS',
  'RESERVE_RESOURCES',
  'UNRESERVE_RESOURCES',
  'CREATE_VOLUMES',
  'DESTROY_VOLUMES',
  'UPDATE_MAINTENANCE_SCHEDULE',
  'START_MAINTENANCE',
  'STOP_MAINTENANCE',
]);

/** Applies a change in serial order; it is stored before this returns. @returns the HTTP status. @throws HttpError */
export async function performWrite(
  state: MasterState,
  principal: string | undefined,
  write: OperatorWrite,
): Promise<number> {
  authorizeWrite(state, principal, write);
  await state.registrar.take(() => perform(state, write));
  return ACCEPTED.has(write.type) ? 202 : 200;
}

async function perform(state: MasterState, { type, said }: OperatorWrite): Promise<void> {
  switch (type) {
    case 'UPDATE_QUOTA':
      return updateQuota(state, said);
    case 'SET_QUOTA':
      return setQuota(state, said);
    case 'REMOVE_QUOTA':
      return removeQuota(state, said.role);
    case 'UPDATE_WEIGHTS':
      return updateWeights(state, said);
    case 'RESERVE_RESOURCES':
      return reserveResources(state, said);
    case 'UNRESERVE_RESOURCES':
      return unreserveResources(state, said);
    case 'CREATE_VOLUMES':
      return createVolumes(state, said);
    case 'DESTROY_VOLUMES':
      return destroyVolumes(state, said);
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return updateSchedule(state, said.schedule.windows);
    case 'START_MAINTENANCE':
      return startMaintenance(state, said.machines);
    case 'STOP_MAINTENANCE':
      return stopMaintenance(state, said.machines);
    case 'DRAIN_AGENT':
      return drainAgent(state, said);
    case 'DEACTIVATE_AGENT':
      return deactivateAgent(state, said.agent_id.value);
    case 'REACTIVATE_AGENT':
      return reactivateAgent(state, said.agent_id.value);
    case 'MARK_AGENT_GONE':
      return markAgentGone(state, said.agent_id.value);
    case 'TEARDOWN':
      return tearDown(state, said.framework_id.value);
  }
}

async function tearDown(state: MasterState, frameworkId: string): Promise<void> {
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) throw new HttpError(400, 'No framework found with specified ID');
  await removeFramework(state, framework);
}
