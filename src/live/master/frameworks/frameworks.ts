import { fromSeconds, type Micros, type RolePath, toSeconds } from '../../../model/index.js';
import type { FrameworkArrival } from '../../allocation/subscriptions.js';
import { every } from '../../clock.js';
import type { EventStream } from '../../event-stream.js';
import type { FrameworkFacts } from '../../wire/agent-messages.js';
import { isFolderName } from '../../wire/folder-name.js';
import { capabilitiesOf, frameworkProblem, minimumsOf, rolesOfFramework } from '../../wire/framework-info.js';
import type { FrameworkInfo } from '../../wire/messages.js';
import type { ValidCall } from '../../wire/validate-call.js';
import { isAllowed } from '../authorization/acls.js';
import { rescindInverseOffers } from '../offers/inverse-offers.js';
import { offersOf, returnOffer, withAllocation } from '../offers/offers.js';
import { forgetOperations } from '../offers/operations.js';
import { frameworkMessage } from '../operator/descriptions.js';
import { type FrameworkRecord, inBackground, type MasterState } from '../state.js';
import { completeTask, isTerminal, releaseTask } from '../tasks/status.js';

/** The reason to refuse a subscription, or undefined; checked before any write. */
export function subscriptionProblem(
  state: MasterState,
  call: ValidCall,
  principal: string | undefined,
): string | undefined {
  const { framework_info: info, suppressed_roles = [] } = call.subscribe as NonNullable<
    ValidCall['subscribe']
  >;
  const id = info.id?.value;
  if (id !== undefined && state.completedFrameworks.has(id)) return 'Framework has been removed';
  if (id !== undefined && !(isFolderName(id) && /^[\w.-]+$/.test(id))) return 'Framework ID is not valid';
  const known = state.frameworks.get(id ?? '');
  if (known !== undefined && known.principal !== principal)
    return `Changing framework's principal is not allowed`;
  return frameworkProblem(info, suppressed_roles) ?? rolesProblem(state, info, principal);
}

/** The problem with a role that the framework may not use, or undefined. */
export function rolesProblem(
  { acls }: MasterState,
  info: FrameworkInfo,
  principal: string | undefined,
): string | undefined {
  const who = principal ?? info.principal;
  const refused = rolesOfFramework(info).find((role) => !isAllowed(acls, 'register_frameworks', who, role));
  return refused === undefined ? undefined : `Not authorized to use role '${refused}'`;
}

/** Maximum number of remembered removed frameworks (Mesos: --max_completed_frameworks). */
const MAX_COMPLETED_FRAMEWORKS = 50;

/** A validated SUBSCRIBE call. */
export interface Subscribing {
  readonly info: FrameworkInfo;
  readonly suppressed: readonly string[];
  readonly principal: string | undefined;
}

/** Subscribes a framework. Its id and info are stored before SUBSCRIBED is sent. */
export async function subscribeFramework(
  state: MasterState,
  { info: said, suppressed, principal }: Subscribing,
  stream: EventStream,
  subscribed: (frameworkId: string) => object,
): Promise<FrameworkRecord | undefined> {
  const id = said.id?.value ?? `${state.id}-${String(state.next.framework++).padStart(4, '0')}`;
  const info = withoutChanges(state.frameworks.get(id), { ...said, id: { value: id } });
  await state.store.put(`framework/${id}`, { id, info, principal });
  if (state.completedFrameworks.has(id)) {
    // It was removed during the write.
    await state.store.put(`framework/${id}`, { id, info, removed: true });
    stream.send({ type: 'ERROR', error: { message: 'Framework has been removed' } });
    stream.close();
    return undefined;
  }
  const known = state.frameworks.get(id);
  const framework = known ?? newRecord(state, id, info, principal);
  const roles = rolesOfFramework(info);
  withAllocation(state, () => {
    if (known !== undefined) takeOver(state, known);
    framework.info = info;
    framework.roles = roles;
    framework.capabilities = capabilitiesOf(info);
    framework.stream = stream;
    framework.cancelTimer();
    framework.cancelTimer = every(state.clock, state.flags.heartbeatInterval, () =>
      framework.stream?.send({ type: 'HEARTBEAT' }),
    );
    stream.send(subscribed(id));
    const arrival = arrivalOf(framework, suppressed);
    if (state.host.hasFramework(id)) {
      state.host.recoverFramework(id, arrival);
      state.host.setRoles(id, roles);
      state.host.activateFramework(id);
    } else state.host.addFramework(id, arrival);
  });
  publishFramework(state, known === undefined ? 'FRAMEWORK_ADDED' : 'FRAMEWORK_UPDATED', framework);
  // Statuses lost with the old connection would otherwise wait for their retry interval.
  if (known !== undefined)
    for (const agent of state.agents.values()) agent.stream?.send({ type: 'RESEND', framework_id: id });
  return framework;
}

/** On resubscription, user and checkpoint keep their old values (validation.cpp, framework). */
function withoutChanges(known: FrameworkRecord | undefined, info: FrameworkInfo): FrameworkInfo {
  if (known === undefined) return info;
  const { user, checkpoint } = known.info;
  return { ...info, user, checkpoint };
}

/** Publishes an added or updated framework to operators. */
export function publishFramework(
  state: MasterState,
  type: 'FRAMEWORK_ADDED' | 'FRAMEWORK_UPDATED',
  framework: FrameworkRecord,
): void {
  state.subscribers.publish(
    () => ({ type, [type.toLowerCase()]: { framework: frameworkMessage(state, framework) } }),
    (view) => view.framework(framework),
  );
}

/** Disconnects the previous scheduler of the framework (Mesos: failoverFramework). */
function takeOver(state: MasterState, framework: FrameworkRecord): void {
  for (const offer of offersOf(state, { frameworkId: framework.id })) returnOffer(state, offer);
  const old = framework.stream;
  framework.stream = undefined;
  old?.send({ type: 'ERROR', error: { message: 'Framework failed over' } });
  old?.close();
}

function newRecord(
  state: MasterState,
  id: string,
  info: FrameworkInfo,
  principal: string | undefined,
): FrameworkRecord {
  const framework: FrameworkRecord = {
    id,
    info,
    roles: rolesOfFramework(info),
    capabilities: capabilitiesOf(info),
    principal,
    stream: undefined,
    registered: state.clock.now(),
    cancelTimer: () => undefined,
  };
  state.frameworks.set(id, framework);
  state.decisions.write({ at: framework.registered, framework: id, name: info.name });
  return framework;
}

/** The framework as its allocator needs it. */
export function arrivalOf(
  { info, roles, capabilities }: FrameworkRecord,
  suppressed: readonly RolePath[],
): FrameworkArrival {
  return { title: info.name, roles, suppressed, capabilities, minimums: minimumsOf(info) };
}

/** Recovers a framework from an agent or the store. Its failover timeout starts when the reregistration timeout of agents ends. */
export function recoverFramework(state: MasterState, { id, info, principal }: FrameworkFacts): void {
  if (state.frameworks.has(id) || state.completedFrameworks.has(id)) return;
  const framework = newRecord(state, id, info, principal);
  state.host.recoverFramework(id, arrivalOf(framework, []));
  waitForReturn(state, framework, state.flags.agentReregisterTimeout + failoverTimeout(framework));
}

/** Handles a lost framework connection: its offers are returned, and its failover timeout starts. */
export function frameworkDisconnected(
  state: MasterState,
  framework: FrameworkRecord,
  stream: EventStream,
): void {
  if (framework.stream !== stream) return;
  framework.stream = undefined;
  withAllocation(state, () => {
    state.host.deactivateFramework(framework.id);
    for (const offer of offersOf(state, { frameworkId: framework.id })) returnOffer(state, offer);
  });
  rescindInverseOffers(state, { frameworkId: framework.id });
  publishFramework(state, 'FRAMEWORK_UPDATED', framework);
  waitForReturn(state, framework, failoverTimeout(framework));
}

function waitForReturn(state: MasterState, framework: FrameworkRecord, within: Micros): void {
  framework.cancelTimer();
  framework.cancelTimer = state.clock.after(within, () => {
    inBackground(state, removeFramework(state, framework));
  });
}

function failoverTimeout({ info }: FrameworkRecord): Micros {
  return fromSeconds(info.failover_timeout ?? 0);
}

/** Removes a framework: its tasks are killed, and its id is not reused. */
export async function removeFramework(state: MasterState, framework: FrameworkRecord): Promise<void> {
  if (state.frameworks.get(framework.id) !== framework) return;
  framework.cancelTimer();
  state.frameworks.delete(framework.id);
  state.completedFrameworks.set(framework.id, framework.info);
  withAllocation(state, () => {
    for (const offer of offersOf(state, { frameworkId: framework.id })) returnOffer(state, offer);
    for (const task of [...state.tasks.values()]) {
      if (task.frameworkId !== framework.id) continue;
      if (!isTerminal(task.state)) {
        releaseTask(state, task);
        task.state = 'TASK_KILLED';
      }
      completeTask(state, task);
    }
    state.host.removeFramework(framework.id);
  });
  rescindInverseOffers(state, { frameworkId: framework.id });
  state.subscribers.publish(
    () => ({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: framework.info } }),
    (view) => view.framework(framework),
  );
  forgetOperations(state, framework.id);
  for (const agent of state.agents.values())
    agent.stream?.send({ type: 'SHUTDOWN_FRAMEWORK', framework_id: framework.id });
  const since = toSeconds(state.clock.now());
  await state.store.put(`framework/${framework.id}`, { ...facts(framework), removed: true, since });
  await forgetOldest(state);
  const { stream } = framework;
  framework.stream = undefined;
  stream?.close();
}

async function forgetOldest(state: MasterState): Promise<void> {
  for (const id of state.completedFrameworks.keys()) {
    if (state.completedFrameworks.size <= MAX_COMPLETED_FRAMEWORKS) return;
    state.completedFrameworks.delete(id);
    await state.store.remove(`framework/${id}`);
  }
}

function facts({ id, info, principal }: FrameworkRecord): object {
  return { id, info, principal };
}
