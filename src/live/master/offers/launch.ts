import { type Parcels, parcelsContain, parcelsMinus } from '../../../model/index.js';
import { isFolderName } from '../../wire/folder-name.js';
import { HttpError } from '../../wire/http-error.js';
import type { Operation, TaskInfo } from '../../wire/messages.js';
import { checkProbe, healthProbe } from '../../wire/probe.js';
import { parcelsOfMessages, resourceMessages } from '../../wire/resources.js';
import { isAllowed } from '../authorization/acls.js';
import {
  type FrameworkRecord,
  type MasterState,
  type TaskGroup,
  type TaskRecord,
  taskKey,
} from '../state.js';
import { type MasterVerdict, tell } from '../tasks/status.js';
import { publishTask } from '../tasks/task-events.js';
import { logTask } from '../tasks/task-log.js';
import type { AcceptContext } from './accept-context.js';

/** Launches a task on the remaining resources, or sends the reason for a refusal. */
export function launch(state: MasterState, context: AcceptContext, info: TaskInfo): void {
  const { framework, agent } = context;
  if (!mayRun(state, framework, info)) {
    refuseTask(state, context, info, { reason: 'REASON_TASK_UNAUTHORIZED', message: NOT_AUTHORIZED });
    return;
  }
  const message = taskProblem(state, framework.id, info, agent.id, context.left);
  if (message !== undefined) {
    refuseTask(state, context, info, { reason: 'REASON_TASK_INVALID', message });
    return;
  }
  const task = admit(state, context, info, undefined);
  agent.stream?.send({ type: 'LAUNCH', framework: frameworkFacts(framework), tasks: [taskFacts(task)] });
}

/** Launches a task group: all tasks or none. */
export function launchGroup(state: MasterState, context: AcceptContext, operation: Operation): void {
  const infos = groupTasks(operation);
  const executor = operation.launch_group?.executor;
  const executorParcels = parcelsOrNone(executor?.resources ?? []);
  let left = parcelsMinus(context.left, executorParcels);
  let problem = executor === undefined || infos.length === 0 ? 'Task group is empty' : undefined;
  if (executor?.container !== undefined || (executor?.type ?? 'DEFAULT') !== 'DEFAULT')
    problem = 'Task groups require the default executor without a container';
  if (parcelsMinus(executorParcels, context.left).length > 0)
    problem = 'Executor uses more resources than offered';
  if (new Set(infos.map(({ task_id }) => task_id.value)).size < infos.length)
    problem = 'Task group has duplicate task IDs';
  for (const info of infos) {
    problem ??= taskProblem(state, context.framework.id, info, context.agent.id, left);
    if (problem === undefined) left = parcelsMinus(left, parcelsOrNone(info.resources ?? []));
  }
  if (problem !== undefined || executor === undefined) {
    const message = problem ?? 'Task group is empty';
    for (const info of infos)
      refuseTask(state, context, info, { reason: 'REASON_TASK_GROUP_INVALID', message });
    return;
  }
  if (!infos.every((info) => mayRun(state, context.framework, info))) {
    const reason = 'REASON_TASK_GROUP_UNAUTHORIZED';
    for (const info of infos) refuseTask(state, context, info, { reason, message: NOT_AUTHORIZED });
    return;
  }
  context.left = parcelsMinus(context.left, executorParcels);
  const group: TaskGroup = {
    executorId: executor.executor_id.value,
    parcels: executorParcels,
    alive: infos.length,
  };
  const tasks = infos.map((info) => admit(state, context, info, group));
  context.agent.stream?.send({
    type: 'LAUNCH',
    framework: frameworkFacts(context.framework),
    tasks: tasks.map(taskFacts),
  });
}

function admit(
  state: MasterState,
  context: AcceptContext,
  info: TaskInfo,
  group: TaskGroup | undefined,
): TaskRecord {
  const parcels = parcelsOfMessages(info.resources ?? []);
  context.left = parcelsMinus(context.left, parcels);
  const task: TaskRecord = {
    frameworkId: context.framework.id,
    agentId: context.agent.id,
    role: context.role,
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
  { framework, agent }: AcceptContext,
  info: TaskInfo,
  why: Pick<MasterVerdict, 'reason' | 'message'>,
): void {
  state.counters.add('tasks_error');
  tell(state, framework, { taskId: info.task_id.value, agentId: agent.id }, { state: 'TASK_ERROR', ...why });
}

/** The tasks of a LAUNCH_GROUP; none of another operation. */
export function groupTasks(operation: Operation): readonly TaskInfo[] {
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

/** What an agent stores about a framework, to run its tasks and to report them to a new master. */
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

/** Validates a task against the remaining resources of the offers. @returns the problem, or undefined. */
function taskProblem(
  state: MasterState,
  frameworkId: string,
  info: TaskInfo,
  agentId: string,
  left: Parcels,
): string | undefined {
  const id = info.task_id.value;
  if (!isFolderName(id)) return 'Task ID is not a valid folder name';
  if (state.tasks.has(taskKey(frameworkId, id))) return `Task has duplicate ID: ${id}`;
  if (info.agent_id.value !== agentId)
    return `Task uses invalid agent ${info.agent_id.value} while agent ${agentId} is expected`;
  if (info.command === undefined) return 'Task must have a command: custom executors are not supported';
  const unsupported = (['executor', 'container'] as const).find((member) => info[member] !== undefined);
  if (unsupported !== undefined) return `Task uses '${unsupported}', which is not implemented`;
  if ((info.command.uris ?? []).length > 0) return "Task uses 'command.uris', which is not implemented";
  return probeProblem(info) ?? resourcesProblem(info, left);
}

function probeProblem({ health_check, check }: TaskInfo): string | undefined {
  const probes = [health_check && healthProbe(health_check), check && checkProbe(check)];
  const problem = probes.find((probe) => typeof probe === 'string');
  return problem === undefined ? undefined : `Task uses an invalid check: ${problem}`;
}

function resourcesProblem({ resources = [] }: TaskInfo, left: Parcels): string | undefined {
  try {
    const parcels = parcelsOfMessages(resources);
    if (parcels.length === 0) return 'Task uses no resources';
    return parcelsContain(left, parcels)
      ? undefined
      : 'Task uses more resources than available in the offers';
  } catch (error) {
    if (error instanceof HttpError) return `Task uses invalid resources: ${error.message}`;
    throw error;
  }
}
