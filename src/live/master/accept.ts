import { DAY, fromSeconds, type Micros, type Parcels, parcelsMinus, parcelsPlus } from '../../model/index.js';
import { HttpError } from '../wire/http-error.js';
import type { Operation, TaskInfo } from '../wire/messages.js';
import { parcelsOfMessages, resourceMessages } from '../wire/resources.js';
import { convertResources } from './agent-resources.js';
import { type Action, isAllowed } from './authorization/acls.js';
import { closeOffer, returnOffer } from './offers.js';
import { operationFinished, operationRefused } from './operations.js';
import { type Conversion, reservationFor, unreservation } from './reservation.js';
import type {
  AgentRecord,
  FrameworkRecord,
  MasterState,
  OfferRecord,
  TaskGroup,
  TaskRecord,
} from './state.js';
import { taskKey } from './state.js';
import { type MasterVerdict, tell } from './status.js';
import { publishTask } from './task-events.js';
import { logTask } from './task-log.js';
import { taskProblem } from './task-problem.js';
import { volumeCreation, volumeDestruction } from './volumes.js';

/** No refusal lasts longer (mesos.proto, Filters). */
const LONGEST_REFUSAL: Micros = 365 * DAY;
/** How long what a framework leaves of an offer is kept from it when it says nothing (mesos.proto, Filters). */
const USUAL_REFUSAL: Micros = fromSeconds(5);

/** What ACCEPT says, in plain values. */
export interface Acceptance {
  readonly offerIds: readonly string[];
  readonly operations: readonly Operation[];
  readonly refuseSeconds: number | undefined;
}

/** What is left of the accepted offers while their operations are carried out, one after the other. */
interface Bench {
  readonly framework: FrameworkRecord;
  readonly agent: AgentRecord;
  readonly role: string;
  left: Parcels;
}

/** How long a refusal lasts: 0 for no filter; what is no time, or below 0, for the usual. */
export function refusalOf(seconds: number | undefined): Micros {
  return seconds === undefined || !(seconds >= 0)
    ? USUAL_REFUSAL
    : Math.min(LONGEST_REFUSAL, fromSeconds(seconds));
}

/** Gives offers back with a filter. Unknown ones are passed over: they were rescinded while the call was on its way. */
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

/** Carries out operations on offers and gives the rest back with a filter (Mesos, Master::accept). */
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
  const bench: Bench = { framework, agent, role: (offers[0] as OfferRecord).role, left: held };
  for (const operation of operations) perform(state, bench, operation);
  if (bench.left.length === 0) return;
  state.host.recover(framework.id, bench.role, agent.id, bench.left, refusalOf(acceptance.refuseSeconds));
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

/** An operation on offers that are no longer there. */
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

function perform(state: MasterState, bench: Bench, operation: Operation): void {
  switch (operation.type) {
    case 'LAUNCH':
      for (const info of operation.launch?.task_infos ?? []) launch(state, bench, info);
      return;
    case 'LAUNCH_GROUP':
      launchGroup(state, bench, operation);
      return;
    case 'RESERVE':
      convert(state, bench, operation, (wanted) => {
        requireMay(state, bench, 'reserve_resources', bench.role);
        return reservationFor(bench.role, wanted, bench.left);
      });
      return;
    case 'CREATE':
      convert(state, bench, operation, (wanted) => {
        requireMay(state, bench, 'create_volumes', bench.role);
        return volumeCreation(wanted, bench.left, state.host.totalOf(bench.agent.id));
      });
      return;
    case 'DESTROY':
      convert(state, bench, operation, (wanted) => {
        requireMay(state, bench, 'destroy_volumes', undefined);
        return volumeDestruction(wanted, bench.left);
      });
      return;
    case 'UNRESERVE':
      convert(state, bench, operation, (wanted) => {
        requireMay(state, bench, 'unreserve_resources', undefined);
        return unreservation(state, bench.agent, wanted, bench.left);
      });
      return;
    default:
      operationRefused(bench.framework, operation, {
        state: 'OPERATION_ERROR',
        message: `${operation.type.slice(0, 60)} is not implemented`,
      });
  }
}

/** Who made a reservation or a volume is not kept: to end it takes a rule for all. @throws HttpError 403 */
function requireMay(
  { acls }: MasterState,
  { framework }: Bench,
  action: Action,
  object: string | undefined,
): void {
  if (!isAllowed(acls, action, framework.principal ?? framework.info.principal, object))
    throw new HttpError(403, `Not authorized: ${action}`);
}

function launch(state: MasterState, bench: Bench, info: TaskInfo): void {
  const { framework, agent } = bench;
  if (!mayRun(state, framework, info)) {
    refuseTask(state, bench, info, { reason: 'REASON_TASK_UNAUTHORIZED', message: NOT_AUTHORIZED });
    return;
  }
  const message = taskProblem(state, framework.id, info, agent.id, bench.left);
  if (message !== undefined) {
    refuseTask(state, bench, info, { reason: 'REASON_TASK_INVALID', message });
    return;
  }
  const task = admit(state, bench, info, undefined);
  agent.stream?.send({ type: 'LAUNCH', framework: frameworkFacts(framework), tasks: [taskFacts(task)] });
}

/** All tasks of a group start, or none. */
function launchGroup(state: MasterState, bench: Bench, operation: Operation): void {
  const infos = groupTasks(operation);
  const executor = operation.launch_group?.executor;
  const executorParcels = parcelsOrNone(executor?.resources ?? []);
  let left = parcelsMinus(bench.left, executorParcels);
  let problem = executor === undefined || infos.length === 0 ? 'Task group is empty' : undefined;
  if (executor?.container !== undefined || (executor?.type ?? 'DEFAULT') !== 'DEFAULT')
    problem = 'Task groups run under the default executor without a container only';
  if (parcelsMinus(executorParcels, bench.left).length > 0)
    problem = 'Executor uses more than the offers hold';
  if (new Set(infos.map(({ task_id }) => task_id.value)).size < infos.length)
    problem = 'Task group has duplicate task IDs';
  for (const info of infos) {
    problem ??= taskProblem(state, bench.framework.id, info, bench.agent.id, left);
    if (problem === undefined) left = parcelsMinus(left, parcelsOrNone(info.resources ?? []));
  }
  if (problem !== undefined || executor === undefined) {
    const message = problem ?? 'Task group is empty';
    for (const info of infos)
      refuseTask(state, bench, info, { reason: 'REASON_TASK_GROUP_INVALID', message });
    return;
  }
  if (!infos.every((info) => mayRun(state, bench.framework, info))) {
    const reason = 'REASON_TASK_GROUP_UNAUTHORIZED';
    for (const info of infos) refuseTask(state, bench, info, { reason, message: NOT_AUTHORIZED });
    return;
  }
  bench.left = parcelsMinus(bench.left, executorParcels);
  const group: TaskGroup = {
    executorId: executor.executor_id.value,
    parcels: executorParcels,
    alive: infos.length,
  };
  const tasks = infos.map((info) => admit(state, bench, info, group));
  bench.agent.stream?.send({
    type: 'LAUNCH',
    framework: frameworkFacts(bench.framework),
    tasks: tasks.map(taskFacts),
  });
}

function admit(state: MasterState, bench: Bench, info: TaskInfo, group: TaskGroup | undefined): TaskRecord {
  const parcels = parcelsOfMessages(info.resources ?? []);
  bench.left = parcelsMinus(bench.left, parcels);
  const task: TaskRecord = {
    frameworkId: bench.framework.id,
    agentId: bench.agent.id,
    role: bench.role,
    info,
    parcels,
    group,
    state: 'TASK_STAGING',
    status: undefined,
  };
  state.tasks.set(taskKey(task.frameworkId, info.task_id.value), task);
  logTask(state, 'launched', task);
  publishTask(state, task);
  return task;
}

const NOT_AUTHORIZED = 'Not authorized to launch as this user';

function mayRun(
  { acls }: MasterState,
  { principal, info: framework }: FrameworkRecord,
  info: TaskInfo,
): boolean {
  return isAllowed(acls, 'run_tasks', principal ?? framework.principal, info.command?.user ?? framework.user);
}

function refuseTask(
  state: MasterState,
  { framework, agent }: Bench,
  info: TaskInfo,
  why: Pick<MasterVerdict, 'reason' | 'message'>,
): void {
  state.counters.add('tasks_error');
  tell(state, framework, { taskId: info.task_id.value, agentId: agent.id }, { state: 'TASK_ERROR', ...why });
}

function convert(
  state: MasterState,
  bench: Bench,
  operation: Operation,
  conversionOf: (wanted: Parcels) => Conversion,
): void {
  const { framework, agent, role } = bench;
  try {
    const { reserve, unreserve, create, destroy } = operation;
    const written = (reserve ?? unreserve)?.resources ?? (create ?? destroy)?.volumes ?? [];
    const { consumed, converted } = conversionOf(parcelsOfMessages(written));
    convertResources(state, agent, { framework: framework.id, role }, { consumed, converted });
    bench.left = parcelsPlus(parcelsMinus(bench.left, consumed), converted);
    operationFinished(state, framework, agent.id, operation);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    operationRefused(framework, operation, { state: 'OPERATION_ERROR', message: error.message });
  }
}

function groupTasks(operation: Operation): readonly TaskInfo[] {
  return operation.launch_group?.task_group.tasks ?? [];
}

function parcelsOrNone(resources: NonNullable<TaskInfo['resources']>): Parcels {
  try {
    return parcelsOfMessages(resources);
  } catch (error) {
    if (error instanceof HttpError) return [];
    throw error;
  }
}

/** What an agent must know of a framework to run its tasks, and to bring them back to another master. */
function frameworkFacts({ id, info, principal }: FrameworkRecord): object {
  return { id, info, ...(principal !== undefined && { principal }) };
}

function taskFacts({ info, role, group }: TaskRecord): object {
  return {
    info,
    role,
    ...(group !== undefined && {
      executor_id: group.executorId,
      executor_resources: resourceMessages(group.parcels),
    }),
  };
}
