import { ownerOf } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { OperatorWrite } from '../../wire/operator-call.js';
import { parcelsOfMessages } from '../../wire/resources.js';
import { type Action, isAllowed } from '../authorization/acls.js';
import type { MasterState } from '../state.js';

/** An action and its object; an undefined object means any. */
type Deed = readonly [action: Action, object: string | undefined];

/** Checks that the principal may make the change (Mesos, docs/authorization.md). @throws HttpError 403 */
export function authorizeWrite(
  state: MasterState,
  principal: string | undefined,
  write: OperatorWrite,
): void {
  for (const [action, object] of deedsOf(state, write))
    if (!isAllowed(state.acls, action, principal, object))
      throw new HttpError(
        403,
        `Not authorized: ${action}${object === undefined ? '' : ` of ${object.slice(0, 60)}`}`,
      );
}

function deedsOf(state: MasterState, { type, said }: OperatorWrite): readonly Deed[] {
  switch (type) {
    case 'UPDATE_QUOTA':
      return said.quota_configs.map(({ role }) => ['update_quotas', role]);
    case 'SET_QUOTA':
      return [['update_quotas', said.quota_request.role]];
    case 'REMOVE_QUOTA':
      return [['update_quotas', said.role]];
    case 'UPDATE_WEIGHTS':
      return said.weight_infos.map(({ role }) => ['update_weights', role]);
    case 'RESERVE_RESOURCES':
      return parcelsOfMessages(said.resources).map((parcel) => ['reserve_resources', ownerOf(parcel)]);
    case 'UNRESERVE_RESOURCES':
      // The creator of a reservation is not recorded.
      return [['unreserve_resources', undefined]];
    case 'CREATE_VOLUMES':
      return parcelsOfMessages(said.volumes).map((parcel) => ['create_volumes', ownerOf(parcel)]);
    case 'DESTROY_VOLUMES':
      return [['destroy_volumes', undefined]];
    case 'UPDATE_MAINTENANCE_SCHEDULE':
      return [['update_maintenance_schedules', undefined]];
    case 'START_MAINTENANCE':
      return [['start_maintenances', undefined]];
    case 'STOP_MAINTENANCE':
      return [['stop_maintenances', undefined]];
    case 'DRAIN_AGENT':
      return [['drain_agents', undefined]];
    case 'DEACTIVATE_AGENT':
      return [['deactivate_agents', undefined]];
    case 'REACTIVATE_AGENT':
      return [['reactivate_agents', undefined]];
    case 'MARK_AGENT_GONE':
      return [['mark_agents_gone', undefined]];
    case 'TEARDOWN': {
      const framework = state.frameworks.get(said.framework_id.value);
      return [['teardown_frameworks', framework?.principal ?? framework?.info.principal]];
    }
  }
}
