import type {
  FrameworkId,
  FrameworkSpec,
  MachineSpec,
  Micros,
  Parameter,
  ParameterValues,
  ResourceSpace,
} from '../model/index.js';
import type { Allocator, Scheduler } from './contract.js';
import type { TaskMix } from './task-mix.js';

/** A named preset: how the levels meet (architecture), who is offered what (allocator), who starts where (scheduler). */
export interface Policy {
  readonly name: string;
  /** What can be set with `--set name=value`. */
  readonly parameters: readonly Parameter[];
  /** Does `build` read the frameworks or the forecast of its context? A host then looks through the workload first. */
  readonly needsForecast?: (settings: ParameterValues) => boolean;
  /** Does `build` read the task mix of its context? */
  readonly needsTaskMix?: (settings: ParameterValues) => boolean;
  /** Makes the parts for one run. @throws InputError when the settings cannot be met. */
  build(settings: ParameterValues, context: PolicyContext): PolicyParts;
}

/**
 * What a policy file exports by default: a Policy, or a function that makes a fresh Scheduler for each run, which then
 * schedules the whole cluster by itself. Name and parameters may be left out of a Policy; the file's name stands in.
 */
export type PolicyFile = (Pick<Policy, 'build'> & Partial<Policy>) | (() => Scheduler);

/** What is known when a policy is set up. */
export interface PolicyContext {
  readonly space: ResourceSpace;
  readonly machines: readonly MachineSpec[];
  /** All frameworks of the workload, for policies that need the forecast; others may see fewer. */
  readonly frameworks: readonly FrameworkSpec[];
  /** The operator's forecast of the demand, for policies that need it. */
  readonly forecast: Forecast | undefined;
  /** What tasks ask for and how often, as known beforehand, for policies that need it. */
  readonly taskMix?: TaskMix | undefined;
}

/** Demand per framework, as an operator would forecast it; `[framework * dims + dimension]`, in quanta. */
export interface Forecast {
  /** Demand averaged over the run. */
  readonly mean: Float64Array;
  /** Largest demand at one time, if every task ran when it was submitted. */
  readonly peak: Float64Array;
}

/** What a policy is made of for one run, by the architecture that hosts it. */
export type PolicyParts = MonolithicParts | TwoLevelParts;

/** One scheduler for the whole cluster and all tasks. */
export interface MonolithicParts {
  readonly architecture: 'monolithic';
  readonly scheduler: Scheduler;
}

/** An allocator that offers machines, and a scheduler for each framework that takes what it can use. */
export interface TwoLevelParts {
  readonly architecture: 'two-level';
  readonly allocator: Allocator;
  /** Makes the scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: OfferTerms;
}

/** The knobs of an offer. */
export interface OfferTerms {
  /** Batches of allocation happen at multiples of this; 0 allocates at every change. */
  readonly interval: Micros;
  /** A framework keeps what it does not use for so long before it declines it; FOREVER keeps it for good. */
  readonly hold: Micros;
  /** A declined machine is not offered to the framework again for so long (at least one interval), unless more is free. */
  readonly refuse: Micros;
  /** The master takes an offer back after so long; FOREVER for never. */
  readonly timeout: Micros;
}
