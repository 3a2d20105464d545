export { FirstFitIndex } from './indexes/first-fit-index.js';
export type { MachineScore } from './indexes/machine-score.js';
export { VisibleMachines } from './indexes/visible-machines.js';
export {
  atPath,
  didYouMean,
  InputError,
  type InputPlace,
  NearestNames,
  nearestName,
  oneLine,
  quote,
} from './input-error.js';
export { Attributes } from './ledger/attributes.js';
export { CellCopy } from './ledger/cell-copy.js';
export { claimRoom, withClaim } from './ledger/claimed-room.js';
export { Cluster } from './ledger/cluster.js';
export { type Column, grown, NONE, setFact } from './ledger/columns.js';
export { imbalance } from './ledger/conservation.js';
export {
  constraintsText,
  parseConstraints,
  parsePreferences,
  preferencesText,
} from './ledger/constraint-text.js';
export {
  admits,
  type Constraint,
  Constraints,
  satisfies,
  UNCONSTRAINED,
} from './ledger/constraints.js';
export { allocatedShare } from './ledger/dominant-share.js';
export { ExclusiveOffer } from './ledger/exclusive-offer.js';
export { type FrameworkId, type FrameworkSpec, frameworkIndex } from './ledger/framework.js';
export { ChangeLog, FreeTable } from './ledger/free-table.js';
export { FreeTotals } from './ledger/free-totals.js';
export { type JobId, type JobSpec, JobTable } from './ledger/job.js';
export { ImbalanceError, LedgerError } from './ledger/ledger-error.js';
export {
  type DeviceMask,
  hasCapacity,
  isOutOfService,
  LEAST_SPEED,
  largestCapacity,
  MACHINE_STATES,
  MAX_DEVICES,
  type MachineId,
  type MachineSpec,
  type MachineSpeeds,
  type MachineState,
  type MachineSupply,
  MOST_SPEED,
  WHOLE_DEVICE,
} from './ledger/machine.js';
export { MachineTable } from './ledger/machine-table.js';
export { updateMachine } from './ledger/machine-update.js';
export { PendingQueue } from './ledger/pending-queue.js';
export {
  MACHINE_ATTRIBUTE,
  NO_RULE,
  type PlacementRule,
  type PlacementRuleId,
  type Preference,
  type Spread,
} from './ledger/placement-rule.js';
export { type KeptMachines, PlacementRules } from './ledger/placement-rules.js';
export type { Refusal } from './ledger/refusal.js';
export type { ClaimedPlace } from './ledger/room-claims.js';
export {
  type CheckpointFacts,
  isInRoom,
  type TaskId,
  type TaskOutcome,
  type TaskRequest,
  TaskState,
  TaskTable,
} from './ledger/task.js';
export { TaskClasses, type TaskClassId, type TaskShape } from './ledger/task-classes.js';
export { WhatIfRoom } from './ledger/what-if.js';
export * from './micros.js';
export type {
  ActualState,
  Attempt,
  KillCause,
  LimitReview,
  MachineRevision,
  Observer,
  OfferEnd,
  OfferRounds,
  PlacementAction,
  ScalingState,
} from './observer.js';
export { AgentLedger } from './offers/agent-ledger.js';
export {
  FRAMEWORK_CAPABILITIES,
  type FrameworkCapability,
  type FrameworkTraits,
  MACHINE_CAPABILITIES,
  type MachineCapability,
  type MachineTraits,
  understands,
} from './offers/capabilities.js';
export {
  type AllocationCause,
  FilterCopy,
  type MachineResources,
  OfferFilters,
} from './offers/offer-filters.js';
export {
  isChargeable,
  isFor,
  isPlain,
  normalRanges,
  ownerOf,
  type Parcel,
  type Parcels,
  type PersistentVolume,
  parcelsContain,
  parcelsMinus,
  parcelsPlus,
  type Ranges,
  rangesSize,
} from './offers/parcel.js';
export type { Amounts, Quota, Quotas } from './offers/roles.js';
export { isRolePath, isWithin, type RolePath } from './offers/roles.js';
export {
  type Parameter,
  type ParameterValue,
  ParameterValues,
  parameterText,
  parseParameter,
} from './parameters.js';
export { ProcessorSharing } from './processor-sharing.js';
export {
  MAX_QUANTA,
  RESOURCE_NAMES,
  type ResourceKind,
  ResourceSpace,
  resourceKind,
  toQuanta,
} from './resources.js';
export {
  neededInstances,
  type ScalingRule,
  type ScalingTerms,
  type ScheduledCount,
  wholeInstances,
} from './scaling.js';
export type {
  ClassAnswer,
  ClassAnswers,
  EventEntry,
  JobHistory,
  MachineReason,
  Shortage,
  WaitCause,
  WaitEntry,
  WaitHistories,
} from './wait-history.js';
