/** Who ran where and when under each policy with one seed, for a Gantt chart. Times are whole units since the start of the run. */
export interface ScheduleData {
  readonly seed: string;
  /** Seconds of a unit of time. */
  readonly unit: number;
  /** The resource of the sizes of jobs. */
  readonly resource: string;
  /** Packed texts, by rank. */
  readonly machines: string;
  /** Packed texts, and by machine packed numbers: indexes of them, -1 for a machine in no rack. */
  readonly racks: string;
  readonly rack: string;
  readonly jobs: JobColumns;
  /** One per policy of the report; null for a policy without this seed. */
  readonly policies: readonly (AttemptColumns | null)[];
}

/** The jobs of all policies, in order of submission. Packed numbers, unless said otherwise. */
export interface JobColumns {
  /** Packed texts. */
  readonly names: string;
  /** Packed texts, and indexes of them; -1 where the user is unknown. */
  readonly users: string;
  readonly user: string;
  readonly frameworks: string;
  readonly framework: string;
  /** Differences to the job before. */
  readonly submitted: string;
  readonly tasks: string;
  /** Thousandths of the amount of the resource. */
  readonly size: string;
  /** 1 for a gang. */
  readonly gang: string;
  /** How long its first attempt ran under the first policy that ran it, from which `lasted` of attempts counts. */
  readonly ran: string;
}

/** The attempts of a policy, in the order of jobs, then of starts. Packed numbers. */
export interface AttemptColumns {
  /** Index of the job: differences to the attempt before. */
  readonly job: string;
  readonly machine: string;
  /** From the submission of the job to the start. */
  readonly wait: string;
  /** Run time less `ran` of the job. */
  readonly lasted: string;
  /** Index of ATTEMPT_ENDS. */
  readonly end: string;
  /** By job: 1 if it was backfilled. */
  readonly backfilled: string;
  /** Machines in another state than `up`, as in Schedule; the longest. */
  readonly states: readonly (readonly [machine: number, state: string, from: number, to: number])[];
  /** Attempts that are not in the page, the sum of their seconds, and that of those in the page. */
  readonly leftOut: { readonly attempts: number; readonly seconds: number };
  readonly shownSeconds: number;
  /** All jobs of the run. */
  readonly startedJobs: number;
  readonly backfilledJobs: number;
}
