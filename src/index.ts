/**
 * Fairground as a library: run policies on a simulated cluster, compare and report results, read traces. The command `simulate` is made of
 * the same parts. Policies and their contract are in `fairground/policies`, the conformance suite in `fairground/conformance`.
 */

export type { SectionName } from './lab/extensions/index.js';
export type { GatedMetric, GatedPolicy, GateResult, MetricVerdict, PolicySource } from './lab/gate/gate.js';
export type { JudgedObjective, ObjectiveEntry } from './lab/gate/objectives.js';
export type { GateDesign } from './lab/gate/run-gate.js';
export type { Tolerance } from './lab/gate/tolerance.js';
export { type GateOutcome, type GateTerms, gate } from './library/gate.js';
export type { PolicyChoice, PolicyOfSource } from './library/policy-objects.js';
export { readTrace, type TraceFile, type TraceMachine, type TraceOptions } from './library/read-trace.js';
export { compare, type Results, report } from './library/results.js';
export { type Progress, type RunOptions, run } from './library/run.js';
export type {
  AxisValues,
  OneOrMore,
  RunScenario,
  SampledRange,
  Sections,
  SettingValue,
  SweepSample,
  SweepScenario,
  TenantTerms,
} from './library/scenario.js';
export {
  type SweepOptions,
  type SweepProgress,
  type SweepResults,
  type SweptRun,
  sweep,
} from './library/sweep.js';
export type { Amounts, TraceAttempt, TraceRow, TraceUsage } from './library/trace-rows.js';
export type { Summary } from './metrics/catalogue/catalogue.js';
export type { Unit } from './metrics/catalogue/entry.js';
export type { DistributionSummary, LevelSummary } from './metrics/catalogue/statistics.js';
export type { CsvTable } from './metrics/files/machines-csv.js';
export type { TableColumn } from './metrics/files/run-table.js';
export type { RunSeries, SeriesColumn } from './metrics/files/series-csv.js';
export type { MachineHeat, RunRecord, WaitBar } from './metrics/run-record.js';
export type { Constraint, InputError, InputPlace, PlacementRule, Preference, Spread } from './model/index.js';
export type {
  ComparedDifference,
  ComparedMetric,
  ComparedValue,
  Comparison,
  ComparisonOptions,
  DerivedMetric,
} from './results/comparison.js';
export type { Metric } from './results/metric.js';
export type { Limits, MeanInterval } from './results/statistics/mean-interval.js';
export type { PairedDifference } from './results/statistics/paired-difference.js';
export type { QuantileInterval } from './results/statistics/quantile-interval.js';
export type { CorrectedDifference, Correction } from './results/statistics/simultaneous.js';
export type { Variant } from './results/variants.js';
export type { UnsuccessfulEnd } from './workloads/trace-attempts.js';
