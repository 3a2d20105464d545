export { AgentLedger } from './agent-ledger.js';
export {
  FRAMEWORK_CAPABILITIES,
  type FrameworkCapability,
  type FrameworkTraits,
  MACHINE_CAPABILITIES,
  type MachineCapability,
  type MachineTraits,
} from './capabilities.js';
export { CellCopy } from './cell-copy.js';
export { CellOffer } from './cell-offer.js';
export { ChangeLog } from './change-log.js';
export { Cluster } from './cluster.js';
export { type Column, grown, NONE } from './columns.js';
export { type Constraint, type ConstraintId, Constraints, satisfies, UNCONSTRAINED } from './constraints.js';
export { allocatedShare } from './dominant-share.js';
export type { FrameworkId, FrameworkSpec } from './framework.js';
export { FreeTable } from './free-table.js';
export { FreeTotals } from './free-totals.js';
export { type DeviceMask, MAX_DEVICES, WHOLE_DEVICE } from './gpu.js';
export { FirstFitIndex } from './indexes/first-fit-index.js';
export { InputError, type InputPlace, quote } from './input-error.js';
export { type JobId, type JobSpec, JobTable } from './job.js';
export { largestCapacity } from './largest-capacity.js';
export { LedgerError } from './ledger-error.js';
export type { LimitReview } from './limit-review.js';
export {
  MACHINE_STATES,
  type MachineId,
  type MachineSpec,
  type MachineState,
  type MachineSupply,
} from './machine.js';
export type { MachineScore } from './machine-score.js';
export { MachineTable } from './machine-table.js';
export * from './micros.js';
export type { Attempt, KillCause, Observer, OfferEnd, PlacementAction } from './observer.js';
export { OfferFilters } from './offer-filters.js';
export {
  type Parameter,
  type ParameterValue,
  ParameterValues,
  parameterText,
  parseParameter,
} from './parameters.js';
export {
  isChargeable,
  isFor,
  isPlain,
  ownerOf,
  type Parcel,
  type Parcels,
  type PersistentVolume,
  parcelsContain,
  parcelsMinus,
  parcelsPlus,
} from './parcel.js';
export { PendingQueue } from './pending-queue.js';
export { MACHINE_ATTRIBUTE, NO_RULE, type PlacementRule, type Spread } from './placement-rule.js';
export { PlacementRules } from './placement-rules.js';
export { ProcessorSharing } from './processor-sharing.js';
export type { Provision } from './provision.js';
export type { Amounts, Quota, Quotas } from './quota.js';
export { normalRanges, type Ranges, rangesSize } from './ranges.js';
export type { Refusal } from './refusal.js';
export { type LookPhase, RefusedOffers } from './refused-offers.js';
export {
  MAX_QUANTA,
  RESOURCE_NAMES,
  type ResourceKind,
  ResourceSpace,
  resourceKind,
  toQuanta,
} from './resources.js';
export { isRolePath, isWithin, type RolePath, topRole } from './roles.js';
export { type TaskId, type TaskOutcome, type TaskRequest, TaskState, TaskTable } from './task.js';
export { TaskClasses, type TaskClassId, type TaskShape } from './task-classes.js';
export { VisibleMachines } from './visible-machines.js';
