/** The data of the page, embedded as JSON and read by its script. */
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
  /** Frameworks in the order in which they joined. Other arrays by framework use the same order. */
  readonly frameworks: readonly FrameworkGroup[];
  readonly policies: readonly PolicyData[];
  readonly notes: readonly string[];
}

/** A line of the heading. */
export interface Fact {
  readonly term: string;
  readonly text: string;
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
  readonly rows: readonly ComparisonRow[];
  /** Whether the values are means over several seeds. */
  readonly hasIntervals: boolean;
}

export interface ComparisonRow {
  /** Path in summary.json. */
  readonly name: string;
  /** What the metric measures; empty for a metric that the user has derived. */
  readonly about: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Whether it is a headline metric. */
  readonly isShort: boolean;
  readonly cells: readonly ComparisonCell[];
}

export interface ComparisonCell {
  readonly text: string;
  /** Whether it is the best of its row, or not distinguishable from the best. */
  readonly isBest: boolean;
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
  /** Of the first seed. */
  readonly series: PolicySeries;
  /** Of the first seed. */
  readonly heat: HeatData;
  /** Over all seeds, one entry per framework. */
  readonly waits: readonly WaitData[];
  /** Tasks that were still waiting at the end, over all seeds. */
  readonly pendingAtEnd: number;
  /** Mean dominant share, one entry per framework; null for a group and for a framework that is not in the runs. */
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
  /** Usage of all frameworks together; null if that of a task is unknown. */
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
  /** One byte per cell, row by row, in base64; 255 for a fully allocated machine. */
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
