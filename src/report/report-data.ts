/** The data of the page: embedded as JSON, read by its script. */
export interface ReportData {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly parameters: readonly TextTable[];
  readonly comparison: ComparisonTable;
  /** Tables of operations; empty without operations. */
  readonly operations: readonly TextTable[];
  /** Tables of tenants; empty without tenants. */
  readonly tenants: readonly TextTable[];
  /** Resources in canonical order. */
  readonly resources: readonly string[];
  /** Frameworks in the order in which they joined; what is said of a framework elsewhere stands at its place here. */
  readonly frameworks: readonly FrameworkGroup[];
  readonly policies: readonly PolicyData[];
  readonly notes: readonly string[];
}

/** A line of the heading. */
export interface Fact {
  readonly term: string;
  readonly text: string;
}

/** A table of which only the text matters: the first cell of a row is its heading. */
export interface TextTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Metrics as rows, policies as columns. */
export interface ComparisonTable {
  readonly policies: readonly string[];
  readonly rows: readonly ComparisonRow[];
  /** Whether the values are means over several seeds. */
  readonly hasIntervals: boolean;
}

export interface ComparisonRow {
  readonly label: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Whether most readers look at it first. */
  readonly isHeadline: boolean;
  readonly cells: readonly ComparisonCell[];
}

export interface ComparisonCell {
  readonly text: string;
  /** Whether it is the best of its row, or not distinguishable from the best. */
  readonly isBest: boolean;
}

/** A framework, or the small ones taken together where there are more than colours. */
export interface FrameworkGroup {
  readonly label: string;
  /** False for a group of several. */
  readonly isSingle: boolean;
}

export interface PolicyData {
  readonly name: string;
  readonly seeds: readonly string[];
  /** Of the first seed. */
  readonly series: PolicySeries;
  /** Of the first seed. */
  readonly heat: HeatData;
  /** Of all seeds together, one per framework. */
  readonly waits: readonly WaitData[];
  /** Tasks that were still waiting at the end, over all seeds. */
  readonly pendingAtEnd: number;
  /** Mean dominant share, one per framework; null for a group and for a framework that the runs do not know. */
  readonly dominantShares: readonly (ShareInterval | null)[];
}

/** Means over bins of equal width (the last may be shorter); seconds since the start of the run. */
export interface PolicySeries {
  readonly binSeconds: number;
  readonly length: number;
  readonly pending: readonly number[];
  readonly running: readonly number[];
  /** One per resource. */
  readonly resources: readonly ResourceSeries[];
}

/** Shares of the capacity. */
export interface ResourceSeries {
  /** One per framework. */
  readonly allocated: readonly (readonly number[])[];
  /** All frameworks together; null when the workload does not say what its tasks use. */
  readonly used: readonly number[] | null;
}

/** Dominant share allocated per group of machines and bin of time. */
export interface HeatData {
  readonly machines: number;
  readonly machinesPerRow: number;
  readonly binSeconds: number;
  readonly length: number;
  readonly rows: number;
  readonly bins: number;
  /** A byte per cell, row by row, 255 for all of the machine; in base64. */
  readonly cells: string;
}

/** Waits of tasks that started. */
export interface WaitData {
  readonly tasks: number;
  /** How many waited 0 s. */
  readonly zero: number;
  /** How many waited longer than each of WAIT_LIMITS. */
  readonly longer: readonly number[];
  /** Waits above 0 in seconds, ascending, and how many tasks waited about so long. */
  readonly seconds: readonly number[];
  readonly counts: readonly number[];
}

/** A share, with the half-width of its confidence interval where there are several seeds. */
export interface ShareInterval {
  readonly mean: number;
  readonly halfWidth: number | null;
}

/** Seconds for which the report says how many tasks waited longer: 1 s, 1 m, 10 m, 1 h, 1 d. */
export const WAIT_LIMITS: readonly number[] = [1, 60, 600, 3600, 86_400];

/** The id of the element that carries the data in the page. */
export const DATA_ELEMENT_ID = 'report-data';
