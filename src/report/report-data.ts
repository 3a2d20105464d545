import type { FaultRecord } from '../metrics/fault-records.js';
import type { ShownEntry, ShownHistory } from '../results/explanation-text.js';
import type { DistributionData } from './distribution-form.js';
import type { PackedSeries } from './packed-series.js';
import type { ScheduleData } from './schedule-form.js';

/** The data of the page, embedded as JSON and read by its script. */
export interface ReportData {
  /** Short, for the window and the tab. */
  readonly title: string;
  /** What was run, in one sentence. */
  readonly sentence: string;
  /** Command line that makes the same results; null if the runs were not made by one. */
  readonly command: string | null;
  readonly facts: readonly Fact[];
  /** Files beside the page, in whose folder it stands; empty if it stands elsewhere. */
  readonly files: readonly FileGroup[];
  readonly parameters: readonly TextTable[];
  readonly verdicts: readonly Verdict[];
  readonly forest: readonly ForestRow[];
  readonly comparison: ComparisonTable;
  readonly failures: FailureData;
  /** Tables of operations; empty without operations. */
  readonly operations: readonly TextTable[];
  /** Tables of tenants; empty without tenants. */
  readonly tenants: readonly TextTable[];
  /** Resources in canonical order. */
  readonly resources: readonly string[];
  /** Frameworks in the order in which they joined. Other arrays by framework use the same order. */
  readonly frameworks: readonly FrameworkGroup[];
  readonly policies: readonly PolicyData[];
  /** Index of the policy to which the others are compared. */
  readonly reference: number;
  readonly notes: readonly string[];
  /** By policy, then by resource: the heat maps of the seed of `schedule`; null for a policy without them. */
  readonly resourceHeats: readonly (readonly HeatData[] | null)[];
  /** Null if the runs did not collect distributions. */
  readonly distributions: DistributionData | null;
  /** Null if the runs did not log who ran where and when. */
  readonly schedule: ScheduleData | null;
  /** Why jobs waited, one entry per run; empty unless it was asked for. */
  readonly explanations: readonly ExplainedRunData[];
}

export type { ShownEntry, ShownHistory };

/** The histories of a run in words. */
export interface ExplainedRunData {
  /** `policy easy, seed 1`. */
  readonly run: string;
  readonly jobs: readonly ShownHistory[];
  /** What is left out, in sentences. */
  readonly leftOut: readonly string[];
}

/** A line of the heading. */
export interface Fact {
  readonly term: string;
  readonly text: string;
}

/** Files of one run, or of the whole result. */
export interface FileGroup {
  /** The run; empty for the whole result. */
  readonly of: string;
  readonly files: readonly { readonly name: string; readonly href: string }[];
}

/** A table of text; the first cell of a row is its heading. */
export interface TextTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Metrics as rows, policies as columns. */
export interface ComparisonTable {
  readonly policies: readonly string[];
  readonly reference: number;
  readonly rows: readonly ComparisonRow[];
  /** What the numbers mean, in sentences. */
  readonly legend: readonly string[];
}

export interface ComparisonRow {
  /** Path in summary.json. */
  readonly name: string;
  /** What the metric measures; empty for a metric that the user has derived. */
  readonly about: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Whether it is in the short table. */
  readonly isShort: boolean;
  readonly cells: readonly ComparisonCell[];
}

export interface ComparisonCell {
  /** The mean, with its interval if there is no difference. */
  readonly value: string;
  /** The paired difference to the reference; empty for the reference, and without an interval. */
  readonly difference: string;
  /** Whether the data support the difference, after the correction for the number of differences. */
  readonly isSupported: boolean;
}

/** An answer in words. */
export interface Answer {
  /** One sentence; empty if there is nothing to compare. */
  readonly lead: string;
  /** How sure it is, and what else must be known. */
  readonly details: string;
}

/** A card of the first screen: one question, its answer, and the numbers of each policy. */
export interface Verdict {
  readonly question: string;
  /** What is measured. */
  readonly measure: string;
  readonly answer: Answer;
  /** One per policy. */
  readonly cells: readonly ComparisonCell[];
}

/** The paired differences of a metric, drawn as intervals. */
export interface ForestRow {
  readonly name: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** One per policy other than the reference that has a difference with an interval. */
  readonly differences: readonly ForestDifference[];
}

/** The difference of a policy to the reference, in the unit of the metric. */
export interface ForestDifference {
  readonly policy: number;
  readonly text: string;
  readonly mean: number;
  /** Half-width of the interval of this difference alone, and of the one that holds for all together. */
  readonly alone: number;
  readonly together: number;
  readonly isSupported: boolean;
}

/** What failed. */
export interface FailureData {
  /** Scripted faults as they were written. */
  readonly script: readonly string[];
  /** Faults that every run has at the same time, with the recovery under each policy. */
  readonly common: readonly CommonFault[];
}

/** A fault that every run has at the same time. */
export interface CommonFault {
  readonly at: number;
  /** When all was as before under every policy and seed, for the zoom; the end of the run if it never was. */
  readonly until: number;
  /** `40 machines of rack-1 stopped`. */
  readonly what: string;
  readonly detected: string;
  readonly returned: string;
  readonly answer: Answer;
  readonly measures: readonly { readonly name: string; readonly cells: readonly ComparisonCell[] }[];
}

/** A framework, or the group of the smallest ones if there are more frameworks than colours. */
export interface FrameworkGroup {
  readonly label: string;
  /** False for a group of several frameworks. */
  readonly isSingle: boolean;
}

export interface PolicyData {
  readonly name: string;
  readonly seeds: readonly string[];
  /** One per seed. */
  readonly runs: readonly RunData[];
  /** Over all seeds, one entry per framework. */
  readonly waits: readonly WaitData[];
  /** Tasks that were still waiting at the end, over all seeds. */
  readonly pendingAtEnd: number;
  /** Mean dominant share, one entry per framework; null for a group and for a framework that is not in the runs. */
  readonly dominantShares: readonly (ShareInterval | null)[];
}

/** One run: a policy under a seed. */
export interface RunData {
  readonly seed: string;
  readonly series: PolicySeries;
  readonly heat: HeatData;
  readonly faults: RunFaults;
}

/** Means over bins of equal width (the last may be shorter); seconds since the start of the run. */
export interface PolicySeries {
  readonly binSeconds: number;
  /** Before the series was down-sampled. */
  readonly recordedBinSeconds: number;
  readonly length: number;
  readonly pending: PackedSeries;
  readonly running: PackedSeries;
  /** One per resource. */
  readonly resources: readonly ResourceSeries[];
  /** Further columns of `series.csv`, by name: those that the run has. */
  readonly further: Readonly<Record<string, PackedSeries>>;
}

/** Shares of the capacity. */
export interface ResourceSeries {
  /** One per framework. */
  readonly allocated: readonly PackedSeries[];
  /** Usage of all frameworks together; null if that of a task is unknown. */
  readonly used: PackedSeries | null;
}

/** The faults of a run, in order of time. */
export interface RunFaults {
  readonly faults: readonly FaultRecord[];
  /** Machine, 0 for off or 1 for cut, and the seconds of its begin and end. */
  readonly outages: readonly (readonly [machine: number, state: 0 | 1, from: number, to: number])[];
  /** Faults and outages that are not in the page. */
  readonly leftOut: number;
  readonly outagesLeftOut: number;
}

/** Dominant share allocated per group of machines and bin of time. */
export interface HeatData {
  readonly machines: number;
  readonly machinesPerRow: number;
  readonly binSeconds: number;
  readonly length: number;
  readonly rows: number;
  readonly bins: number;
  /** One byte per cell, row by row, compressed; 255 for a fully allocated machine. */
  readonly cells: string;
}

/** Waits of tasks that started. */
export interface WaitData {
  readonly tasks: number;
  /** Number of tasks that waited 0 s. */
  readonly zero: number;
  /** Number of tasks that waited longer than each of WAIT_LIMITS. */
  readonly longer: readonly number[];
  /** Waits above 0 in seconds, ascending, each with the number of tasks that waited about as long. */
  readonly seconds: readonly number[];
  readonly counts: readonly number[];
}

/** A share, with the half-width of its confidence interval if there are several seeds. */
export interface ShareInterval {
  readonly mean: number;
  readonly halfWidth: number | null;
}

/** Limits in seconds for which the report counts longer waits: 1 s, 1 m, 10 m, 1 h, 1 d. */
export const WAIT_LIMITS: readonly number[] = [1, 60, 600, 3600, 86_400];

/** The id of the page element that contains the data. */
export const DATA_ELEMENT_ID = 'report-data';
