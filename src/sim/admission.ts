import {
  type Cluster,
  type Constraint,
  InputError,
  type JobId,
  type JobSpec,
  type Micros,
  NO_RULE,
  NONE,
  type Observer,
  type TaskId,
} from '../model/index.js';
import type { TaskBatch, Trace } from '../workloads/trace.js';
import type { HiddenTaskState } from './hidden-task-state.js';

/** Receives arrivals: the architecture queues a task, or the simulation rejects it. */
export interface ArrivalSink {
  taskArrived(task: TaskId, now: Micros): void;
}

/** Dependencies of the admission. */
export interface AdmissionSetup {
  readonly trace: Trace;
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** Additional constraints of all tasks of a framework; none when left out. */
  readonly constraintsOf?: ((framework: number) => readonly Constraint[]) | undefined;
}

/** Writes rows of a trace to the ledger: jobs, classes, tasks and their hidden state. */
export class Admission {
  private readonly setup: AdmissionSetup;
  private job: JobId = NONE;
  private readonly constraintIds: number[] = [];
  private readonly ruleIds: number[] = [];
  /** Reused objects for the job, the request and the shape of the current row. */
  private readonly spec: { -readonly [Fact in keyof JobSpec]: JobSpec[Fact] } = {
    name: '',
    framework: NONE,
    submitted: Number.NaN,
    gang: false,
    minimum: 0,
    rule: NO_RULE,
    user: undefined,
    group: undefined,
    queue: undefined,
    labels: undefined,
    deadline: Number.NaN,
  };
  private readonly request = {
    job: NONE,
    taskClass: NONE,
    estimate: Number.NaN,
    timeLimit: Number.NaN,
    priority: 0,
    submitted: Number.NaN,
  };
  private readonly shape: {
    demand: Int32Array;
    gpuCount: number;
    gpuMilliEach: number;
    constraint: number;
    speedClass: number;
  };

  constructor(setup: AdmissionSetup) {
    this.setup = setup;
    const dims = setup.trace.space.size;
    this.shape = { demand: new Int32Array(dims), gpuCount: 0, gpuMilliEach: 0, constraint: 0, speedClass: 0 };
  }

  /** Admits a row: its job, if it is new, and its tasks. Each task is passed to the sink. `job`: a job that exists already. */
  admit(batch: TaskBatch, row: number, sink: ArrivalSink, now: Micros, job?: JobId): void {
    const { cluster, truth, observer } = this.setup;
    const { request } = this;
    request.job = job ?? this.jobOf(batch, row, now);
    request.taskClass = this.classOf(batch, row);
    request.estimate = batch.estimate[row];
    request.timeLimit = batch.timeLimit[row];
    request.priority = batch.priority[row];
    request.submitted = now;
    // All tasks of a row are submitted before any is queued, so that a gang is visible as a whole.
    for (let i = 0; i < batch.tasks[row]; i++) {
      const task = cluster.submit(request);
      truth.set(task, batch, row);
      observer.taskSubmitted(task, now);
      sink.taskArrived(task, now);
    }
  }

  private jobOf(batch: TaskBatch, row: number, now: Micros): JobId {
    const continued = this.continued(batch, row, now);
    if (continued !== NONE) {
      this.checkAgrees(batch, row, continued);
      return continued;
    }
    this.job = this.addJob(batch, row, now);
    return this.job;
  }

  /** Readers of files check this with file and line. Generators and policy files may make rows that disagree, too. */
  private checkAgrees(batch: TaskBatch, row: number, job: JobId): void {
    const { jobs } = this.setup.cluster;
    if (this.ruleId(batch.rule[row]) !== jobs.rule[job])
      throw contradiction(batch.job[row], 'placement rules');
    if (batch.gang[row] !== jobs.gang[job]) throw contradiction(batch.job[row], 'values of gang');
  }

  /** The last job, if the row continues it; NONE otherwise. */
  continued(batch: TaskBatch, row: number, now: Micros): JobId {
    const { jobs } = this.setup.cluster;
    const isSame =
      this.job !== NONE &&
      jobs.name[this.job] === batch.job[row] &&
      jobs.submitted[this.job] === now &&
      jobs.framework[this.job] === batch.framework[row];
    return isSame ? this.job : NONE;
  }

  /** A new job with the facts of this row. */
  addJob(batch: TaskBatch, row: number, now: Micros): JobId {
    while (this.setup.cluster.frameworks.length <= batch.framework[row]) {
      this.setup.cluster.addFramework(this.setup.trace.frameworks[this.setup.cluster.frameworks.length]);
    }
    const { spec } = this;
    spec.name = batch.job[row];
    spec.framework = batch.framework[row];
    spec.submitted = now;
    spec.gang = batch.gang[row] === 1;
    spec.minimum = batch.minimum?.[row] ?? 0;
    spec.rule = this.ruleId(batch.rule[row]);
    spec.user = batch.user[row];
    spec.group = batch.group[row];
    spec.queue = batch.queue[row];
    spec.labels = batch.labels[row];
    spec.deadline = batch.deadline[row];
    const job = this.setup.cluster.addJob(spec);
    this.setup.observer.jobSubmitted(job, now);
    return job;
  }

  private classOf(batch: TaskBatch, row: number): number {
    const shape = this.shape;
    for (let d = 0; d < batch.dims; d++) shape.demand[d] = batch.demand[row * batch.dims + d];
    shape.gpuCount = batch.gpuCount[row];
    shape.gpuMilliEach = batch.gpuMilliEach[row];
    shape.constraint = this.constraintId(batch.constraint[row], batch.framework[row]);
    const speedClass = batch.speedClass[row];
    shape.speedClass = speedClass === undefined ? 0 : this.setup.cluster.speeds.intern(speedClass);
    return this.setup.cluster.classes.acquire(shape, batch.tasks[row]);
  }

  private constraintId(constraint: number, framework: number): number {
    const { constraintsOf } = this.setup;
    if (constraintsOf !== undefined) {
      const own = this.setup.trace.constraints[constraint];
      return this.setup.cluster.constraints.intern([...own, ...constraintsOf(framework)]);
    }
    if (constraint === 0) return 0;
    this.constraintIds[constraint] ??= this.setup.cluster.constraints.intern(
      this.setup.trace.constraints[constraint],
    );
    return this.constraintIds[constraint];
  }

  private ruleId(rule: number): number {
    if (rule === 0) return NO_RULE;
    const asked = this.setup.trace.rules?.[rule];
    if (asked === undefined) return NO_RULE;
    this.ruleIds[rule] ??= this.setup.cluster.rules.intern(asked);
    return this.ruleIds[rule];
  }
}

/** Rows of one job disagree on what holds for the job as a whole. */
function contradiction(job: string | number, what: string): InputError {
  return new InputError(
    {},
    `the rows of job "${job}" have different ${what}, expected one for the whole job`,
  );
}
