import { type Parcels, parcelsContain } from '../../model/index.js';
import { isFolderName } from '../wire/folder-name.js';
import { HttpError } from '../wire/http-error.js';
import type { TaskInfo } from '../wire/messages.js';
import { checkProbe, healthProbe } from '../wire/probe.js';
import { parcelsOfMessages } from '../wire/resources.js';
import { type MasterState, taskKey } from './state.js';

/** What is wrong with a task that is to start on an agent with what is left of the offers there; or undefined. */
export function taskProblem(
  state: MasterState,
  frameworkId: string,
  info: TaskInfo,
  agentId: string,
  left: Parcels,
): string | undefined {
  const id = info.task_id.value;
  if (!isFolderName(id)) return 'Task ID is not a name that a folder can have';
  if (state.tasks.has(taskKey(frameworkId, id))) return `Task has duplicate ID: ${id}`;
  if (info.agent_id.value !== agentId)
    return `Task uses invalid agent ${info.agent_id.value} while agent ${agentId} is expected`;
  if (info.command === undefined)
    return 'Task should have a command: executors of the framework are not run here';
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
      : 'Task uses more resources than what is left of the offers';
  } catch (error) {
    if (error instanceof HttpError) return `Task uses invalid resources: ${error.message}`;
    throw error;
  }
}
