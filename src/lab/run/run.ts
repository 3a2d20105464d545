import { AfterWarmUp } from '../../metrics/after-warm-up.js';
import type { EndedRun } from '../../metrics/catalogue/ended-run.js';
import { JobDistributions } from '../../metrics/collectors/job-distributions.js';
import { ScheduleLog } from '../../metrics/collectors/schedule-log.js';
import { distributionsOf } from '../../metrics/distributions.js';
import { ObserverGroup } from '../../metrics/observer-group.js';
import { Recorder } from '../../metrics/recorder.js';
import { type RunRecord, resourceHeats, runRecord } from '../../metrics/run-record.js';
import { scheduleOf } from '../../metrics/schedule.js';
import {
  type Cluster,
  durationText,
  ImbalanceError,
  InputError,
  LedgerError,
  type Micros,
  NONE,
  type Observer,
  secondsText,
} from '../../model/index.js';
import { makeArchitecture } from '../../sim/architectures/make-architecture.js';
import { Explainer } from '../../sim/explain/explainer.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { Simulation } from '../../sim/simulation.js';
import type { Simultaneous, WarmUpEnd } from '../../sim/simulation-setup.js';
import { isPolicyPath, parsePolicyUse } from '../policy-file/policy-use.js';
import { describeRun } from './describe-run.js';
import { planRun } from './plan-run.js';
import type { RunPlan } from './run-plan.js';
import type { RunSources } from './run-sources.js';
import type { RunHooks, RunProgress, RunSpec } from './run-spec.js';

/** Plans a run, simulates it to its end and measures it. `node/run.ts` uses the files of this computer. @throws InputError */
export async function simulateRun(
  spec: RunSpec,
  sources: RunSources,
  hooks: RunHooks = {},
): Promise<RunRecord> {
  const plan = await planRun(spec, sources, hooks);
  const { cluster, horizon, open, parts, settings, added } = plan;
  cluster.speeds.areKnown = settings.run.text('speeds') === 'known';
  const services = open.trace.services;
  const recorder = new Recorder(cluster, added.recoveryTerms, added.egress, services);
  const warmUp = warmUpPart(plan, recorder);
  const explainer = spec.explain === undefined ? undefined : new Explainer(cluster, spec.explain);
  const run = { policy: plan.label, seed: spec.seed, ...(services !== undefined && { services }) };
  const details = detailsOf(plan, hooks);
  const others = [
    ...details.observers,
    ...(warmUp === undefined ? [] : [warmUp.metrics]),
    ...(settings.run.text('onRefusal') === 'stop' ? [stopAtRefusal(cluster, plan.policy.name)] : []),
    ...(explainer === undefined ? [] : [explainer.observer]),
    ...(added.observers ?? []),
    ...(hooks.observers?.(cluster, run) ?? []),
  ];
  const streams = new RandomStreams(spec.seed);
  const simulation = new Simulation({
    cluster,
    trace: hooks.trace?.(open.trace) ?? open.trace,
    observer: others.length === 0 ? recorder : new ObserverGroup([recorder, ...others]),
    architecture: (execution) =>
      makeArchitecture(parts, execution, {
        decisionTimes: plan.decisionTimes,
        random: streams.stream('policy'),
      }),
    horizon,
    startsAt: open.startsAt,
    simultaneous: settings.run.text('simultaneous') as Simultaneous,
    patience: settings.run.number('patience'),
    remoteSlowdown: settings.run.number('remoteSlowdown'),
    machineEvents: (spec.machines === undefined && plan.workload.machineEvents) || [],
    machineChanges: plan.machineChanges,
    explainer,
    warmUp: warmUp?.end,
    ...added.simulation,
  });
  await named(plan, () =>
    simulation.run((progress) =>
      hooks.pause?.({
        ...progress,
        done: doneShare(simulation, progress.now, horizon),
        ...clusterState(cluster, recorder),
      }),
    ),
  );
  const ended: EndedRun = { recorder, run: describeRun(plan), ...added.ended?.(simulation) };
  const record = runRecord(warmUp === undefined ? ended : { ...ended, afterWarmUp: warmUp.endedPart(ended) });
  return {
    ...record,
    ...details.ended(recorder),
    ...(explainer !== undefined && { explanations: explainer.histories() }),
  };
}

/** Observers of what the record has besides, and what they have seen in an ended run. */
function detailsOf({ cluster, open, spec }: RunPlan, { details = 'none' }: RunHooks) {
  const distributions =
    details === 'none'
      ? undefined
      : new JobDistributions(cluster, open.trace.services, spec.warmUp?.lasts ?? 0);
  const schedule = details === 'all' ? new ScheduleLog(cluster) : undefined;
  return {
    observers: [distributions, schedule].filter((observer) => observer !== undefined),
    ended: (recorder: Recorder) => ({
      ...(distributions !== undefined && { distributions: distributionsOf(distributions) }),
      ...(schedule !== undefined && {
        schedule: scheduleOf(schedule),
        resourceHeat: resourceHeats(recorder),
      }),
    }),
  };
}

/** What a run with a warm-up has besides; undefined without a warm-up. */
function warmUpPart({ spec, added, open }: RunPlan, whole: Recorder) {
  const lasts = spec.warmUp?.lasts;
  if (lasts === undefined) return undefined;
  const metrics = new AfterWarmUp(whole, open.trace.services);
  const end: WarmUpEnd = {
    lasts,
    ended: (now) => {
      metrics.warmUpEnded(now);
      added.warmUpEnded?.(now);
    },
  };
  return {
    metrics,
    end,
    /** @throws InputError if the run was not longer than its warm-up */
    endedPart: (ended: EndedRun): EndedRun => {
      const { recorder } = metrics;
      if (recorder === undefined || recorder.end <= recorder.start)
        throw new InputError(
          { field: '--warm-up' },
          `takes ${durationText(lasts)}, but the run ends after ${durationText(whole.end - whole.start)}`,
        );
      return { ...ended, recorder };
    },
  };
}

async function named(plan: RunPlan, simulate: () => Promise<void>): Promise<void> {
  try {
    await simulate();
  } catch (error) {
    throw error instanceof LedgerError ? ledgerErrorOf(error, plan.spec.policy, plan.policy.name) : error;
  }
}

/**
 * A broken ledger is a defect, and the report of it needs the policy under which it happened. Only amounts that do not add up under
 * a policy from a file are the fault of its author. `use` is the policy as in `--policy`.
 */
export function ledgerErrorOf(error: LedgerError, use: string, policy: string): InputError | LedgerError {
  const { name } = parsePolicyUse(use);
  if (error instanceof ImbalanceError && isPolicyPath(name))
    return new InputError(
      { file: name },
      `the policy changed the cluster other than by its actions: ${error.message}`,
    );
  return new LedgerError(`policy ${policy}: ${error.message}`, { cause: error });
}

function clusterState(
  { space, allocated }: Cluster,
  { capacity, tasks }: Recorder,
): Pick<RunProgress, 'allocated' | 'pending' | 'running'> {
  const shares = space.kinds.flatMap(({ name }, d) =>
    capacity.now[d] > 0 ? [[name, allocated[d] / capacity.now[d]] as const] : [],
  );
  return { allocated: Object.fromEntries(shares), pending: tasks.pending, running: tasks.running };
}

function doneShare(simulation: Simulation, now: Micros, horizon: Micros): number | undefined {
  return Number.isFinite(horizon) ? (now - simulation.start) / horizon : undefined;
}

/** `onRefusal=stop`: ends the run at the first invalid decision, with an error that describes it. */
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
