import { DAY, fromSeconds, type Micros, type Parcels, parcelsPlus } from '../../../model/index.js';
import type { Operation } from '../../wire/messages.js';
import type { FrameworkRecord, MasterState, OfferRecord } from '../state.js';
import { tell } from '../tasks/status.js';
import type { AcceptContext } from './accept-context.js';
import { convert } from './conversion.js';
import { groupTasks, launch, launchGroup } from './launch.js';
import { closeOffer, returnOffer } from './offers.js';
import { operationRefused } from './operations.js';

/** Maximum refusal timeout (mesos.proto, Filters). */
const LONGEST_REFUSAL: Micros = 365 * DAY;
/** Default refusal timeout (mesos.proto, Filters). */
const USUAL_REFUSAL: Micros = fromSeconds(5);

/** The content of an ACCEPT call. */
export interface Acceptance {
  readonly offerIds: readonly string[];
  readonly operations: readonly Operation[];
  readonly refuseSeconds: number | undefined;
}

/** Refusal timeout: 0 means no filter; a negative value or NaN means the default. */
export function refusalOf(seconds: number | undefined): Micros {
  return seconds === undefined || !(seconds >= 0)
    ? USUAL_REFUSAL
    : Math.min(LONGEST_REFUSAL, fromSeconds(seconds));
}

/** Returns offers with a filter. Unknown ids are ignored: those offers were rescinded meanwhile. */
export function decline(
  state: MasterState,
  framework: FrameworkRecord,
  offerIds: readonly string[],
  refuseFor: Micros,
): void {
  state.counters.add('messages_decline_offers');
  for (const offer of known(state, framework, offerIds)) {
    closeOffer(state, offer);
    state.host.recover(framework.id, offer.role, offer.agentId, offer.parcels, refuseFor);
  }
}

/** Applies operations to offers and returns the rest with a filter (Mesos, Master::accept). */
export function accept(state: MasterState, framework: FrameworkRecord, acceptance: Acceptance): void {
  state.counters.add('messages_launch_tasks');
  const { offerIds, operations } = acceptance;
  const offers = known(state, framework, offerIds);
  const problem = offersProblem(offers, offerIds);
  const agent = state.agents.get(offers[0]?.agentId ?? '');
  if (problem !== undefined || agent === undefined) {
    for (const offer of offers) returnOffer(state, offer);
    for (const operation of operations) drop(state, framework, operation, problem ?? 'Offers are invalid');
    return;
  }
  for (const offer of offers) closeOffer(state, offer);
  const held = offers.reduce<Parcels>((sum, { parcels }) => parcelsPlus(sum, parcels), []);
  const context: AcceptContext = { framework, agent, role: (offers[0] as OfferRecord).role, left: held };
  for (const operation of operations) perform(state, context, operation);
  if (context.left.length === 0) return;
  state.host.recover(framework.id, context.role, agent.id, context.left, refusalOf(acceptance.refuseSeconds));
}

function known(
  state: MasterState,
  framework: FrameworkRecord,
  offerIds: readonly string[],
): readonly OfferRecord[] {
  return [...new Set(offerIds)]
    .map((id) => state.offers.get(id))
    .filter((offer): offer is OfferRecord => offer?.frameworkId === framework.id);
}

function offersProblem(offers: readonly OfferRecord[], ids: readonly string[]): string | undefined {
  if (ids.length === 0) return 'No offers specified';
  if (new Set(ids).size < ids.length) return 'Duplicate offer in offer list';
  if (offers.length < ids.length) return 'Offer is no longer valid';
  if (new Set(offers.map(({ agentId }) => agentId)).size > 1)
    return 'Aggregated offers must belong to one agent';
  return new Set(offers.map(({ role }) => role)).size > 1
    ? 'Aggregated offers must be allocated to one role'
    : undefined;
}

/** Rejects an operation on invalid offers. */
function drop(state: MasterState, framework: FrameworkRecord, operation: Operation, message: string): void {
  for (const info of [...(operation.launch?.task_infos ?? []), ...groupTasks(operation)])
    tell(
      state,
      framework,
      { taskId: info.task_id.value, agentId: info.agent_id.value },
      { state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS', message },
    );
  operationRefused(framework, operation, { state: 'OPERATION_DROPPED', message });
}

function perform(state: MasterState, context: AcceptContext, operation: Operation): void {
  switch (operation.type) {
    case 'LAUNCH':
      for (const info of operation.launch?.task_infos ?? []) launch(state, context, info);
      return;
    case 'LAUNCH_GROUP':
      launchGroup(state, context, operation);
      return;
    case 'RESERVE':
    case 'UNRESERVE':
    case 'CREATE':
    case 'DESTROY':
      convert(state, context, { ...operation, type: operation.type });
      return;
    default:
      operationRefused(context.framework, operation, {
        state: 'OPERATION_ERROR',
        message: `${operation.type.slice(0, 60)} is not implemented`,
      });
  }
}
