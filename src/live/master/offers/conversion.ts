import { type Parcels, parcelsMinus, parcelsPlus } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { Operation } from '../../wire/messages.js';
import { parcelsOfMessages } from '../../wire/resources.js';
import { convertResources } from '../agents/agent-resources.js';
import { type Action, isAllowed } from '../authorization/acls.js';
import type { MasterState } from '../state.js';
import type { AcceptContext } from './accept-context.js';
import { operationFinished, operationRefused } from './operations.js';
import { type Conversion, reservationFor, unreservation } from './reservation.js';
import { volumeCreation, volumeDestruction } from './volumes.js';

/** An operation that converts resources without changing amounts. */
export type ConvertingOperation = Operation & {
  readonly type: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY';
};

/** Applies an operation to the remaining resources, or reports why it fails. */
export function convert(state: MasterState, context: AcceptContext, operation: ConvertingOperation): void {
  const { framework, agent, role } = context;
  try {
    const { consumed, converted } = conversionOf(state, context, operation);
    convertResources(state, agent, { framework: framework.id, role }, { consumed, converted });
    context.left = parcelsPlus(parcelsMinus(context.left, consumed), converted);
    operationFinished(state, framework, agent.id, operation);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    operationRefused(framework, operation, { state: 'OPERATION_ERROR', message: error.message });
  }
}

function conversionOf(
  state: MasterState,
  context: AcceptContext,
  operation: ConvertingOperation,
): Conversion {
  const { agent, role, left } = context;
  const wanted = wantedOf(operation);
  switch (operation.type) {
    case 'RESERVE':
      requireMay(state, context, 'reserve_resources', role);
      return reservationFor(role, wanted, left);
    case 'UNRESERVE':
      requireMay(state, context, 'unreserve_resources', undefined);
      return unreservation(state, agent, wanted, left);
    case 'CREATE':
      requireMay(state, context, 'create_volumes', role);
      return volumeCreation(wanted, left, state.host.totalOf(agent.id));
    case 'DESTROY':
      requireMay(state, context, 'destroy_volumes', undefined);
      return volumeDestruction(wanted, left);
  }
}

function wantedOf({ reserve, unreserve, create, destroy }: Operation): Parcels {
  return parcelsOfMessages((reserve ?? unreserve)?.resources ?? (create ?? destroy)?.volumes ?? []);
}

/** The creator of a reservation or volume is not recorded, so removing it requires a rule for ANY. @throws HttpError 403 */
function requireMay(
  { acls }: MasterState,
  { framework }: AcceptContext,
  action: Action,
  object: string | undefined,
): void {
  if (!isAllowed(acls, action, framework.principal ?? framework.info.principal, object))
    throw new HttpError(403, `Not authorized: ${action}`);
}
