import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostedScheduler } from '../../live/framework/hosted-scheduler.js';
import { startLocalCluster } from '../../live/local-cluster.js';
import { MASTER_FLAG_DEFAULTS } from '../../live/master/flags.js';
import type { ResourceMessage } from '../../live/wire/messages.js';
import { Recorder } from '../../metrics/recorder.js';
import { type RunRecord, runRecord } from '../../metrics/run-record.js';
import { type Cluster, fromSeconds, InputError, type Micros, ParameterValues } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { OperatorSettings, Policy } from '../../policies/policy.js';
import { RandomStreams } from '../../sim/random-streams.js';
import type { Trace } from '../../workloads/trace.js';
import { masterPolicy, offeringParts } from '../policy-file/master-policy.js';
import { describeRun } from '../run/describe-run.js';
import { FILES } from '../run/node/run.js';
import { planRun } from '../run/plan-run.js';
import type { RunPlan } from '../run/run-plan.js';
import type { RunSpec } from '../run/run-spec.js';
import { perform } from './performance.js';
import { RehearsalLog } from './rehearsal-log.js';
import { type Start, StartLog } from './start-log.js';

/** No pass decides on a part of the free resources because offers were slow. */
const LONGEST_PATIENCE: Micros = fromSeconds(30);

/** A run on real agents. */
export interface LiveRun {
  readonly record: RunRecord;
  readonly starts: readonly Start[];
  /** When everything happened. */
  readonly log: RehearsalLog;
  /** The policy whose scheduler ran. */
  readonly policy: Policy;
  /** The trace, without its rows. */
  readonly trace: Trace;
}

/** The terms of a live run. */
export interface LiveTerms {
  /** Seconds of the trace per second of real time. */
  readonly compress: number;
  readonly report: (problem: string) => void;
}

/**
 * Runs a trace on real agents: a master and an agent per machine in this process, and a `sleep` command per task. The scheduler is
 * the one that the simulator would call.
 * @throws InputError when the trace or the policy cannot be run in this way.
 */
export async function runLive(spec: RunSpec, terms: LiveTerms): Promise<LiveRun> {
  const plan = await planRun(spec, FILES);
  const { cluster } = plan;
  checkMachines(plan);
  const scheduler = schedulerOf(plan);
  const offers = await offersOf(plan, terms.compress);
  const recorder = new Recorder(cluster);
  const starts = new StartLog(cluster);
  const log = new RehearsalLog(cluster);
  const workDir = mkdtempSync(join(tmpdir(), 'fairground-rehearsal-'));
  const streams = new RandomStreams(spec.seed);
  const local = await startLocalCluster({
    workDir,
    ...offers,
    random: streams.stream('allocator'),
    agents: agentsOf(cluster),
    report: terms.report,
  });
  try {
    await perform(plan, {
      ...terms,
      ...local,
      scheduler: log.logged(scheduler),
      random: streams.stream('policy'),
      observers: [recorder, starts, log],
      log,
      // The master of a policy without offers of its own offers everything, however long that takes on a busy machine.
      patience: plan.parts.architecture === 'two-level' ? undefined : LONGEST_PATIENCE,
    });
    const record = runRecord({ recorder, run: describeRun(plan) });
    return { record, starts: starts.starts, log, policy: plan.policy, trace: plan.open.trace };
  } finally {
    await local.stop();
    rmSync(workDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Agents have the machines of the start, and a `sleep` lasts as long on each of them. @throws InputError */
function checkMachines({ cluster, machineChanges, machines }: RunPlan): void {
  const place = { file: machines.name };
  if (machineChanges.length > 0)
    throw new InputError(place, 'its machines change during the run, which a rehearsal cannot do');
  if (cluster.speeds.areInUse)
    throw new InputError(place, 'its machines have speeds, which real tasks of a rehearsal do not follow');
}

/** @throws InputError when the policy is a model of a master of its own, or has control loops. */
function schedulerOf({ parts, policy }: RunPlan): Scheduler {
  if ((parts.controllers ?? []).length > 0)
    throw new InputError(
      { field: '--policy' },
      `${policy.name} has control loops, which a rehearsal does not run`,
    );
  // A rehearsal does not restart.
  return hostedScheduler(policy.name, parts, { memory: true });
}

/**
 * The allocator of the master: that of a two-level policy, with its interval in compressed time, or else `drf`. @throws InputError when
 * a master cannot host the allocator.
 */
async function offersOf({ parts, policy, policyDigest, settings }: RunPlan, compress: number) {
  if (parts.architecture !== 'two-level') {
    const drf = await masterPolicy('drf');
    return { allocator: drf.allocator, policy: drf, flags: MASTER_FLAG_DEFAULTS };
  }
  const values = new ParameterValues(policy.parameters, settings.policy);
  const allocator = (operator: OperatorSettings) => offeringParts(policy, values, operator).allocator;
  allocator({ weights: new Map(), quotas: new Map() });
  const { interval, timeout } = parts.terms;
  const allocationInterval = Math.round(interval / compress);
  const offerTimeout = timeout / compress;
  return {
    allocator,
    policy: { name: policy.name, digest: policyDigest ?? '' },
    flags: { ...MASTER_FLAG_DEFAULTS, allocationInterval, offerTimeout },
  };
}

function agentsOf({ machines, space }: Cluster): ReadonlyMap<string, readonly ResourceMessage[]> {
  return new Map(
    machines.specs.map(({ name, capacity }) => [
      name,
      space.kinds.map(({ name: resource, quantaPerUnit }, d) => ({
        name: resource,
        type: 'SCALAR' as const,
        scalar: { value: capacity[d] / quantaPerUnit },
      })),
    ]),
  );
}
