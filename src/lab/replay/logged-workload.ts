import {
  FOREVER,
  type FrameworkSpec,
  type MachineSpec,
  RESOURCE_NAMES,
  type ResourceSpace,
  WHOLE_DEVICE,
} from '../../model/index.js';
import type { MachineEvent } from '../../sim/machine-changes.js';
import { fileName } from '../../workloads/formats/text-file.js';
import { traceOf } from '../../workloads/row-sketch.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { type LoggedAgent, type LoggedTask, readLoggedLoad } from './logged-load.js';

/** The name of the format of decision logs, beside the formats of traces. */
const FORMAT = 'decisions';

/**
 * The load of a decision log as a workload. Each launch is a job with the logged run time. Agents join and leave at the logged
 * times. A disconnected agent accepts no new tasks; its running tasks end at the logged times. A task that was launched again is
 * submitted again.
 * @throws InputError, see readLoggedLoad.
 */
export async function loggedWorkload(path: string, sha256: string) {
  const { tasks, agents } = await readLoggedLoad(path);
  const resources = RESOURCE_NAMES.filter((name) => tasks.some(({ demand }) => (demand[name] ?? 0) > 0));
  const frameworks = [...new Map(tasks.map((task) => [frameworkName(task), task])).values()].map(
    frameworkSpec,
  );
  const placeOf = new Map(frameworks.map(({ name }, place) => [name, place]));
  return {
    kind: 'trace' as const,
    name: fileName(path),
    format: FORMAT,
    sha256,
    parameters: [],
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: FOREVER,
    resources,
    machineEvents: agents.flatMap(machineEvents),
    defaultMachines: async () => ({
      name: 'of the log',
      resources,
      machines: async (space: ResourceSpace) => agents.map((agent) => machineSpec(agent, space)),
    }),
    open(space: ResourceSpace) {
      const rows = tasks.map((task) => rowOf(task, placeOf.get(frameworkName(task)) as number, space));
      return { trace: traceOf(space, rows, { frameworks }), startsAt: 'zero' as const, dropped: {} };
    },
  };
}

/** Frameworks with the same name are merged, separately for each role. */
function frameworkName({ framework, role }: LoggedTask): string {
  return role === '*' ? framework : `${framework} (${role})`;
}

/** In the role `*`, only the framework sorter orders frameworks. So each of them gets a role of its own. */
function frameworkSpec(task: LoggedTask): FrameworkSpec {
  return { name: frameworkName(task), ...(task.role !== '*' && { role: task.role }) };
}

function rowOf(task: LoggedTask, framework: number, space: ResourceSpace): TaskRow {
  const gpus = Math.ceil((task.demand.gpus ?? 0) / WHOLE_DEVICE);
  return {
    ...PLAIN_ROW,
    job: task.key,
    framework,
    submit: task.submitted,
    demand: space.names.map((name) => task.demand[name] ?? 0),
    gpuCount: gpus,
    gpuMilliEach: gpus > 0 ? WHOLE_DEVICE : 0,
    duration: task.runTime,
  };
}

function machineSpec({ name, capacity, attributes }: LoggedAgent, space: ResourceSpace): MachineSpec {
  return { name, capacity: space.names.map((resource) => capacity[resource] ?? 0), attributes };
}

function machineEvents({ changes }: LoggedAgent, machine: number): readonly MachineEvent[] {
  const events = changes.map(
    (time, i): MachineEvent => ({ time, machine, state: i % 2 === 0 ? 'up' : 'draining' }),
  );
  // A machine is up when a run begins.
  if (changes[0] === 0) return events.slice(1);
  return [{ time: 0, machine, state: 'draining' }, ...events];
}
