import { ObserverGroup } from '../metrics/observer-group.js';
import {
  Cluster,
  FOREVER,
  type FrameworkSpec,
  type MachineSpec,
  type Micros,
  type Observer,
  type ParameterValue,
  ParameterValues,
  type ResourceSpace,
} from '../model/index.js';
import type { Policy, PolicyContext, PolicyParts } from '../policies/policy.js';
import { makeArchitecture } from '../sim/architectures/make-architecture.js';
import { type DecisionTimes, NO_DECISION_TIME } from '../sim/decision-time.js';
import type { MachineEvent } from '../sim/machine-changes.js';
import { RandomStreams } from '../sim/random-streams.js';
import { Simulation } from '../sim/simulation.js';
import { batched, type TaskRow } from '../workloads/trace.js';

/** An experiment with generated rows, for studies without a trace file. */
export interface RowExperiment {
  readonly space: ResourceSpace;
  readonly machines: readonly MachineSpec[];
  readonly frameworks: readonly FrameworkSpec[];
  /** In order of submission. One object may be reused for all rows, because each row is copied immediately. */
  readonly rows: Iterable<TaskRow>;
  /** Makes the policy's parts; see partsOf. */
  readonly parts: (context: PolicyContext) => PolicyParts;
  readonly seed: string;
  /** Default FOREVER. */
  readonly horizon?: Micros;
  /** Default FOREVER. */
  readonly patience?: Micros;
  /** Decision time; none by default. */
  readonly decisionTimes?: DecisionTimes;
  readonly machineEvents?: readonly MachineEvent[];
  /** Called when the ledger has been created. */
  readonly observers: (cluster: Cluster) => readonly Partial<Observer>[];
}

/** The parts of a policy with these settings; durations in Micros. @throws InputError when a setting is invalid. */
export function partsOf(
  policy: Policy,
  settings: Readonly<Record<string, ParameterValue>> = {},
): RowExperiment['parts'] {
  return (context) => policy.build(new ParameterValues(policy.parameters, settings), context);
}

/** Runs an experiment in the simulator to its end; results come from its observers. */
export async function simulateRows(experiment: RowExperiment): Promise<void> {
  const { space, machines, frameworks, rows, machineEvents = [] } = experiment;
  const cluster = new Cluster(space);
  for (const machine of machines) cluster.addMachine(machine);
  const parts = experiment.parts({ space, machines, frameworks, forecast: undefined });
  const random = new RandomStreams(experiment.seed).stream('policy');
  const simulation = new Simulation({
    cluster,
    trace: {
      space,
      frameworks,
      constraints: [[]],
      curves: [undefined],
      batches: () => batched(rows, space.size),
    },
    observer: new ObserverGroup(experiment.observers(cluster)),
    architecture: (execution) =>
      makeArchitecture(parts, execution, {
        decisionTimes: experiment.decisionTimes ?? NO_DECISION_TIME,
        random,
      }),
    horizon: experiment.horizon ?? FOREVER,
    startsAt: 'zero',
    patience: experiment.patience ?? FOREVER,
    machineEvents,
  });
  await simulation.run();
}
