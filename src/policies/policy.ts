import type {
  Amounts,
  Constraint,
  FrameworkId,
  FrameworkSpec,
  MachineSpec,
  Micros,
  Parameter,
  ParameterValues,
  Quotas,
  ResourceSpace,
  RolePath,
} from '../model/index.js';
import type { Allocator, Scheduler } from './contract.js';
import type { Controller } from './contract-control.js';

/** A named preset: an architecture (how the two levels interact), an allocator under offers, and a scheduler. */
export interface Policy {
  readonly name: string;
  /** What can be set with `--set name=value`. */
  readonly parameters: readonly Parameter[];
  /** Does `build` read the frameworks or the forecast of its context? The host then reads the workload before the run. */
  readonly needsForecast?: (settings: ParameterValues) => boolean;
  /** Does `build` read the task mix of its context? */
  readonly needsTaskMix?: (settings: ParameterValues) => boolean;
  /**
   * The parameters that a real master uses. The others belong to the schedulers of its frameworks, or to its operator. Without
   * this list, it uses all of them.
   */
  readonly masterParameters?: readonly string[];
  /**
   * The parameters that its scheduler uses in a framework of a real master. The scheduler is built without a forecast then.
   * Without this list, it uses all of them.
   */
  readonly frameworkParameters?: readonly string[];
  /** Makes the parts for one run. @throws InputError when the settings cannot be met. */
  build(settings: ParameterValues, context: PolicyContext): PolicyParts;
}

/**
 * The default export of a policy file: a Policy, or a function that makes a new Scheduler for each run. Such a scheduler
 * schedules the whole cluster. A Policy may omit its name and parameters. The default name is that of the file.
 */
export type PolicyFile = (Pick<Policy, 'build'> & Partial<Policy>) | (() => Scheduler);

/** What `build` may read. */
export interface PolicyContext {
  readonly space: ResourceSpace;
  readonly machines: readonly MachineSpec[];
  /** All frameworks of the workload, for policies that need the forecast; others may see fewer. */
  readonly frameworks: readonly FrameworkSpec[];
  /** The operator's forecast of the demand, for policies that need it. */
  readonly forecast: Forecast | undefined;
  /** Demands of tasks and their frequencies, for policies that need them. */
  readonly taskMix?: TaskMix | undefined;
  /** Defined in a real master. Its frameworks and machines join later, so `frameworks` and `machines` are empty. */
  readonly operator?: OperatorSettings;
}

/** Settings that the operator of a master may change at any time. A policy gets views of them, which follow changes between calls. */
export interface OperatorSettings {
  readonly weights: ReadonlyMap<RolePath, number>;
  readonly quotas: Quotas;
}

/** The shapes of a workload's tasks with their frequencies, as in an operator's statistics. Each shape occurs once. */
export type TaskMix = readonly MixedShape[];

/** One shape of the mix. */
export interface MixedShape {
  /** In quanta, one entry per dimension of the run's space. */
  readonly demand: ArrayLike<number>;
  readonly gpuCount: number;
  /** Thousandths of each device. */
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  /** Number of tasks. */
  readonly tasks: number;
}

/** Demand per framework, as an operator would forecast it; `[framework * dims + dimension]`, in quanta. */
export interface Forecast {
  /** Demand averaged over the run. */
  readonly mean: Float64Array;
  /** Largest demand at one time, if every task ran when it was submitted. */
  readonly peak: Float64Array;
}

/** The parts of a policy for one run. They depend on the architecture. */
export type PolicyParts = MonolithicParts | TwoLevelParts | WholeCellParts | SharedStateParts | SamplingParts;

/** What the parts of every architecture may have. */
export interface ControlledParts {
  /**
   * Control loops that start with the run, in this order. A loop that needs `scale` takes the place of the built-in scaling of
   * services. A run with control loops needs an end.
   */
  readonly controllers?: readonly Controller[];
}

/** One scheduler for the whole cluster and all tasks. */
export interface MonolithicParts extends ControlledParts {
  readonly architecture: 'monolithic';
  readonly scheduler: Scheduler;
  /** With it, the scheduler serves one job at a time, in order of arrival. Without it, each pass sees all waiting tasks. */
  readonly retry?: RetryTerms;
}

/** Number and delay of further attempts for a job that was not placed in full. */
export interface RetryTerms {
  /** Time until the job joins the back of its queue again; above 0. */
  readonly after: Micros;
  /** A job without any started task is abandoned after more attempts than this. */
  readonly fruitlessAttempts: number;
  /** Any job is abandoned after more attempts than this. */
  readonly attempts: number;
}

/** Schedulers that decide on private copies of the cell and then try to commit their placements. */
export interface SharedStateParts extends ControlledParts {
  readonly architecture: 'shared-state';
  /** Makes one of the schedulers of a framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  /** Number of schedulers of a framework. Its jobs go to them in turn. */
  readonly schedulersOf: (framework: FrameworkId) => number;
  readonly commit: CommitTerms;
  readonly retry: RetryTerms;
}

/** How a transaction of placements is checked and carried out. */
export interface CommitTerms {
  /**
   * resource-fit: a claim conflicts when its machine has too little left. sequence-number: it also conflicts when any task was
   * placed there since the copy was made.
   */
  readonly conflict: 'resource-fit' | 'sequence-number';
  /** incremental: claims without a conflict are kept. all-or-nothing: one conflict undoes the transaction. */
  readonly transaction: 'incremental' | 'all-or-nothing';
  /**
   * machine: a machine's sequence number counts the placements of other schedulers. claim: as in
   * google/cluster-scheduler-simulator, where each claim expects the number that the previous claim left. A rollback does not
   * restore the numbers there.
   */
  readonly numbering: 'machine' | 'claim';
}

/** An allocator that offers the whole cell to one framework at a time; its scheduler serves one job after another. */
export interface WholeCellParts extends ControlledParts {
  readonly architecture: 'whole-cell-offers';
  /** Makes the scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: WholeCellTerms;
  readonly retry: RetryTerms;
}

/** Parameters of offers of the whole cell. */
export interface WholeCellTerms {
  /** Decision time of the allocator: an offer reaches its framework after it. */
  readonly allocatorTime: Micros;
  /** Time from the first event that needs an allocation to the allocation. */
  readonly interval: Micros;
  /** No round while fewer cpus than this are free, in quanta. */
  readonly minimumCpus: number;
  /**
   * sound: a deciding framework gets no further offer, and a job that does not fit the rest of the offer stays in the queue.
   * omega-simulator: exactly as google/cluster-scheduler-simulator, which makes further offers and tries every queued job
   * while anything is left.
   */
  readonly mode: 'sound' | 'omega-simulator';
}

/** Workers with queues of their own; jobs probe a few of them (Sparrow). */
export interface SamplingParts extends ControlledParts {
  readonly architecture: 'sampling';
  readonly terms: SamplingTerms;
}

/** How a job finds its workers. */
export interface SamplingTerms {
  /**
   * per-task: each task queues at the least loaded of the workers it probed. batch: the tasks of a job queue at the least
   * loaded of all that were probed for it. late-binding: a probe queues, and takes a task when its turn comes.
   */
  readonly rule: 'per-task' | 'batch' | 'late-binding';
  /** Probes per task; with late-binding it may be a fraction. */
  readonly probes: number;
  /** Time that a message takes, one way. */
  readonly delay: Micros;
  /** Time until a gang that found no room probes again; above 0. */
  readonly retry: Micros;
}

/** An allocator that offers machines, and a scheduler for each framework that uses the offers. */
export interface TwoLevelParts extends ControlledParts {
  readonly architecture: 'two-level';
  readonly allocator: Allocator;
  /** Makes the scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: OfferTerms;
  /**
   * What its allocator never gives to roles during a run. Nothing is rented for tasks above it, and a job above it is rejected.
   * None when left out.
   */
  readonly limits?: readonly RoleLimit[];
  /** What its allocator holds back from other roles during the whole run. A job for which too little is left is rejected. */
  readonly guarantees?: readonly RoleGuarantee[];
}

/** The most that the frameworks of a role, and of the roles below it, may have together. */
export interface RoleLimit {
  readonly role: RolePath;
  /** Names of these frameworks. */
  readonly frameworks: ReadonlySet<string>;
  /** In quanta. Resources that are missing have no limit. */
  readonly most: Amounts;
}

/** The least that is kept for the frameworks of a role, and of the roles below it, together. */
export interface RoleGuarantee {
  readonly role: RolePath;
  /** Names of these frameworks. */
  readonly frameworks: ReadonlySet<string>;
  /** In quanta, not less than what the roles below it are guaranteed together. Resources that are missing have no guarantee. */
  readonly least: Amounts;
}

/** Parameters of offers. */
export interface OfferTerms {
  /** Batches of allocation happen at multiples of this time. With 0, every change causes an allocation. */
  readonly interval: Micros;
  /** A framework keeps unused resources for this time before it declines them; with FOREVER it never does. */
  readonly hold: Micros;
  /** A declined machine is not offered to the framework again for this time (at least one interval), unless more is free. */
  readonly refuse: Micros;
  /** The master rescinds an offer after this time; FOREVER for never. */
  readonly timeout: Micros;
}
