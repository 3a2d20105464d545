import { TenantMetrics } from '../../metrics/collectors/tenant-metrics.js';
import { ObserverGroup } from '../../metrics/observer-group.js';
import { Recorder } from '../../metrics/recorder.js';
import { type RunRecord, runRecord } from '../../metrics/run-record.js';
import { tenantSummaries } from '../../metrics/summary/tenant-summary.js';
import {
  type Cluster,
  InputError,
  type Micros,
  NONE,
  type Observer,
  secondsText,
} from '../../model/index.js';
import { makeArchitecture } from '../../sim/architectures/make-architecture.js';
import { Operations } from '../../sim/operations/operations.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { Simulation, type Simultaneous } from '../../sim/simulation.js';
import { operationsSummary } from '../extensions/operations/operation-plan.js';
import { describeRun } from './describe-run.js';
import { prepareRun } from './prepare-run.js';
import type { RunHooks, RunSpec } from './run-spec.js';

/** Runs one cell to its end. @throws InputError for whatever a person got wrong. */
export async function run(spec: RunSpec, hooks: RunHooks = {}): Promise<RunRecord> {
  const setup = await prepareRun(spec, hooks);
  const { cluster, horizon, open, parts, settings } = setup;
  const recorder = new Recorder(cluster, setup.terms, setup.elasticity.egress);
  const { controllers } = setup.elasticity;
  const operations = setup.operations === undefined ? undefined : new Operations(setup.operations, cluster);
  const tenants = setup.tenants.length === 0 ? undefined : new TenantMetrics(cluster, setup.tenants);
  const others = [
    ...(settings.run.text('onRefusal') === 'stop' ? [stopAtRefusal(cluster, setup.policy.name)] : []),
    ...controllers.flatMap(({ observer }) => observer ?? []),
    ...(operations === undefined ? [] : [operations]),
    ...(tenants === undefined ? [] : [tenants]),
    ...(hooks.observers?.(cluster) ?? []),
  ];
  const streams = new RandomStreams(spec.seed);
  const simulation = new Simulation({
    cluster,
    trace: hooks.trace?.(open.trace) ?? open.trace,
    observer: others.length === 0 ? recorder : new ObserverGroup([recorder, ...others]),
    architecture: (execution) =>
      makeArchitecture(parts, execution, {
        decisionTimes: setup.thinks,
        random: streams.stream('policy'),
      }),
    horizon,
    startsAt: setup.workload.startsAt,
    simultaneous: settings.run.text('simultaneous') as Simultaneous,
    patience: settings.run.number('patience'),
    remoteSlowdown: settings.run.number('remoteSlowdown'),
    failures: setup.failures,
    machineEvents: (spec.machines === undefined && setup.workload.machineEvents) || [],
    controllers,
    constraintsOf: setup.elasticity.constraintsOf,
    operations,
  });
  await simulation.run((progress) =>
    hooks.pause?.({ ...progress, done: doneShare(simulation, progress.now, horizon) }),
  );
  const record = runRecord(recorder, describeRun(spec, setup));
  return {
    ...record,
    summary: {
      ...record.summary,
      ...(operations !== undefined && {
        operations: operationsSummary(operations.report(), cluster, simulation.start),
      }),
      ...(tenants !== undefined && { byTenant: tenantSummaries(tenants, simulation.end - simulation.start) }),
    },
  };
}

function doneShare(simulation: Simulation, now: Micros, horizon: Micros): number | undefined {
  return Number.isFinite(horizon) ? (now - simulation.start) / horizon : undefined;
}

/** Ends the run at the first decision that cannot be carried out, and names it: `onRefusal=stop`. */
function stopAtRefusal(cluster: Cluster, policy: string): Partial<Observer> {
  return {
    refused(refusal, action, task, machine, now) {
      const { tasks, jobs, machines } = cluster;
      const job = task === NONE || task >= tasks.bound ? '' : ` of job "${jobs.name[tasks.job[task]]}"`;
      const what = task === NONE ? '' : ` task ${task}${job}`;
      const where =
        machine === NONE
          ? ''
          : ` on machine ${machine}${machines.specs[machine] === undefined ? '' : ` (${machines.specs[machine].name})`}`;
      throw new InputError(
        {},
        `policy ${policy} asked at ${secondsText(now)} s to ${action}${what}${where}: ${refusal}`,
      );
    },
  };
}
