import { Gauge, Registry } from 'prom-client';
import { type Parcels, toSeconds } from '../../../model/index.js';
import type { Master } from '../master.js';
import { isTerminal } from '../tasks/status.js';
import { resourceReport } from './state-report.js';

const RESOURCES = ['cpus', 'mem', 'disk', 'gpus'] as const;
const ENDS = ['finished', 'failed', 'killed', 'error', 'lost', 'dropped'] as const;
const MESSAGES = [
  'launch_tasks',
  'decline_offers',
  'revive_offers',
  'suppress_offers',
  'kill_task',
  'reconcile_tasks',
  'framework_to_executor',
  'resource_request',
  'status_update',
  'status_update_acknowledgement',
] as const;
const AGENT_EVENTS = [
  'registrations',
  'reregistrations',
  'unreachable_scheduled',
  'unreachable_completed',
  'unreachable_canceled',
] as const;

/** All metrics, by the names of Mesos (docs/monitoring.md). */
export function metricsSnapshot(master: Master): Record<string, number> {
  const { state } = master;
  const { counters } = state;
  const agents = [...state.agents.values()];
  const frameworks = [...state.frameworks.values()];
  const live = [...state.tasks.values()].filter((task) => !isTerminal(task.state));
  const inState = (name: string) => live.filter((task) => task.state === name).length;
  const connectedAgents = agents.filter(({ stream }) => stream !== undefined).length;
  const connectedFrameworks = frameworks.filter(({ stream }) => stream !== undefined).length;
  return {
    'master/elected': 1,
    'master/uptime_secs': toSeconds(state.clock.now() - state.started),
    ...resourceMetrics(
      agents.flatMap(({ id }) => state.host.totalOf(id)),
      live.flatMap(({ parcels }) => parcels),
    ),
    'master/slaves_active': connectedAgents,
    'master/slaves_inactive': agents.length - connectedAgents,
    'master/slaves_connected': connectedAgents,
    'master/slaves_disconnected': agents.length - connectedAgents,
    'master/slaves_unreachable': state.unreachable.size,
    ...Object.fromEntries(AGENT_EVENTS.map((name) => [`master/slave_${name}`, counters.of(`slave_${name}`)])),
    'master/frameworks_active': connectedFrameworks,
    'master/frameworks_inactive': frameworks.length - connectedFrameworks,
    'master/frameworks_connected': connectedFrameworks,
    'master/frameworks_disconnected': frameworks.length - connectedFrameworks,
    'master/outstanding_offers': state.offers.size,
    'master/tasks_staging': inState('TASK_STAGING'),
    'master/tasks_starting': inState('TASK_STARTING'),
    'master/tasks_running': inState('TASK_RUNNING'),
    'master/tasks_killing': inState('TASK_KILLING'),
    ...Object.fromEntries(ENDS.map((name) => [`master/tasks_${name}`, counters.of(`tasks_${name}`)])),
    ...Object.fromEntries(
      MESSAGES.map((name) => [`master/messages_${name}`, counters.of(`messages_${name}`)]),
    ),
    'allocator/mesos/allocation_runs': counters.of('allocation_runs'),
    ...Object.fromEntries(
      Object.entries(state.runTimes.statistics()).map(([name, value]) => [
        `allocator/mesos/allocation_run_ms${name}`,
        value,
      ]),
    ),
  };
}

function resourceMetrics(total: Parcels, used: Parcels): Record<string, number> {
  const totals = scalars(total);
  const inUse = scalars(used);
  return Object.fromEntries(
    RESOURCES.flatMap((name) => {
      const all = totals[name] as number;
      const taken = inUse[name] as number;
      return [
        [`master/${name}_total`, all],
        [`master/${name}_used`, taken],
        [`master/${name}_percent`, all > 0 ? taken / all : 0],
      ];
    }),
  );
}

function scalars(parcels: Parcels): Readonly<Record<(typeof RESOURCES)[number], number>> {
  const report = resourceReport(parcels.filter(({ form }) => form !== 'ranges'));
  return {
    cpus: Number(report.cpus),
    mem: Number(report.mem),
    disk: Number(report.disk),
    gpus: Number(report.gpus),
  };
}

/** The same metrics in the text format of Prometheus: `master/cpus_total` is `mesos_master_cpus_total`. */
export async function prometheusText(master: Master): Promise<{ type: string; text: string }> {
  const registry = new Registry();
  for (const [name, value] of Object.entries(metricsSnapshot(master)))
    new Gauge({
      name: `mesos_${name.replaceAll(/\W/g, '_')}`,
      help: `Mesos metric ${name}`,
      registers: [registry],
    }).set(value);
  return { type: registry.contentType, text: await registry.metrics() };
}
