import {
  type Attempt,
  allocatedShare,
  type Cluster,
  FOREVER,
  type FrameworkId,
  type JobHistory,
  type JobId,
  type MachineId,
  type Micros,
  NO_RULE,
  NONE,
  type Observer,
  quote,
  type TaskId,
  toSeconds,
  type WaitCause,
  type WaitHistories,
} from '../../model/index.js';
import type { Explanations } from '../../policies/contract.js';
import { requiredText } from '../rule-words.js';
import { GangRoom } from './gang-room.js';
import { JobRecord } from './job-record.js';
import { type Answers, amountsOf, MachineAnswers } from './machine-answers.js';

/** Histories of a run that are kept. */
const MOST_JOBS = 100;

/** Frameworks that a cause names. */
const MOST_HOLDERS = 3;

/** What the explainer asks of the policy's limits. */
export interface ExplainedBounds {
  /** The machines that the framework may ever use; undefined for all. */
  machinesOf(framework: FrameworkId): ((machine: MachineId) => boolean) | undefined;
  /** Which limit keeps these tasks of one framework waiting, in words; undefined if none does. */
  whyNotNow(tasks: readonly TaskId[]): string | undefined;
}

/** What it asks of the architecture. */
export interface ExplainedArchitecture {
  /** Under offers: the gang for which the machine is kept now, NONE for none. Left out without offers. */
  keeperOf?(machine: MachineId): JobId;
}

/** What a scheduler said of a job in its call. */
interface Said {
  readonly cause: WaitCause;
  readonly holder: JobId;
  readonly until: Micros;
}

/**
 * Records why jobs wait, for the jobs and frameworks that the user asked about. It looks at the ledger after each call of a scheduler,
 * and after each allocation that gave a framework no offer. It changes nothing. A run without it does not pay for it.
 */
export class Explainer {
  /** For the schedulers. */
  readonly causes: Explanations;
  /** Must get the events of the run. */
  readonly observer: Partial<Observer>;
  private readonly cluster: Cluster;
  private readonly asked: readonly string[];
  private readonly names: ReadonlySet<string>;
  private bounds: ExplainedBounds | undefined;
  private answers: MachineAnswers | undefined;
  private readonly gangs: GangRoom;
  /** Do frameworks get offers of machines? */
  private isOffered = false;
  private readonly ofJob = new Map<JobId, JobRecord>();
  private records: JobRecord[] = [];
  private leftOut = 0;
  /** Of the present call. */
  private readonly said = new Map<JobId, Said>();
  private stop: JobId = NONE;
  /** Of the present pass: jobs that were considered, frameworks that got offers, and whether the allocator was called. */
  private readonly seen = new Set<JobId>();
  private readonly offeredTo = new Set<FrameworkId>();
  private hasAllocated = false;
  /** Answers are shared by the jobs of a class until the ledger may have changed. */
  private readonly shared = new Map<string, Answers>();
  private readonly openCells = new Map<FrameworkId, number>();

  /** `asked`: names of jobs and frameworks. */
  constructor(cluster: Cluster, asked: readonly string[]) {
    this.cluster = cluster;
    this.asked = asked;
    this.gangs = new GangRoom(cluster);
    this.names = new Set(asked);
    this.causes = Object.freeze({
      follows: (job: JobId) => this.ofJob.has(job),
      waits: (job: JobId, cause: WaitCause, holder: JobId, until: Micros) => {
        if (this.ofJob.has(job)) this.said.set(job, { cause, holder, until });
      },
      stopsAt: (job: JobId) => {
        this.stop = job;
      },
    });
    this.observer = this.events();
  }

  begin(bounds: ExplainedBounds, architecture: ExplainedArchitecture): void {
    this.bounds = bounds;
    this.isOffered = architecture.keeperOf !== undefined;
    this.answers = new MachineAnswers({
      cluster: this.cluster,
      machinesOf: (framework) => bounds.machinesOf(framework),
      keeperOf: architecture.keeperOf?.bind(architecture),
    });
  }

  // Calls of schedulers

  /** A call of a scheduler is over; it serves this framework, or all (NONE). */
  called(framework: FrameworkId, now: Micros): void {
    this.shared.clear();
    const { tasks, jobs } = this.cluster;
    for (const [job, record] of this.ofJob) {
      if (framework !== NONE && jobs.framework[job] !== framework) continue;
      // A job without a task in the queue waits for something else, such as its scheduler to come back.
      const first = jobs.pendingTasks.first[job];
      if (jobs.pending[job] > 0 && tasks.enqueueSeq[first] !== 0) this.consider(job, record, now);
    }
    this.forgetCall();
  }

  /** Workers were probed, or have served their queues. */
  probed(now: Micros): void {
    this.shared.clear();
    for (const [job, record] of this.ofJob)
      if (this.cluster.jobs.pending[job] > 0) this.consider(job, record, now, 'probes');
  }

  /** A scheduler served the job, while the others waited in its line. */
  served(job: JobId, isInLine: (other: JobId) => boolean, now: Micros): void {
    for (const [other, record] of this.ofJob) {
      if (other === job || !isInLine(other)) continue;
      this.said.set(other, { cause: 'scheduler-busy', holder: job, until: FOREVER });
      this.consider(other, record, now);
    }
    this.forgetCall();
  }

  /** The allocator was called. */
  allocated(): void {
    this.hasAllocated = true;
  }

  private forgetCall(): void {
    this.said.clear();
    this.stop = NONE;
  }

  private attempted({ job, conflicts, left }: Attempt, now: Micros): void {
    this.shared.clear();
    const record = this.ofJob.get(job);
    if (record !== undefined && left > 0)
      this.consider(job, record, now, conflicts > 0 ? 'conflict' : 'not-chosen');
    this.forgetCall();
  }

  /** Frameworks without an offer in an allocation had no call. */
  private passEnded(now: Micros): void {
    if (this.hasAllocated) {
      this.shared.clear();
      const { jobs, tasks } = this.cluster;
      for (const [job, record] of this.ofJob) {
        if (this.seen.has(job) || jobs.pending[job] === 0) continue;
        if (tasks.enqueueSeq[jobs.pendingTasks.first[job]] === 0) continue;
        if (!this.offeredTo.has(jobs.framework[job])) this.consider(job, record, now, 'no-offers');
      }
    }
    this.hasAllocated = false;
    this.offeredTo.clear();
    this.seen.clear();
  }

  /** A whole-cell offer keeps all other frameworks waiting. */
  private cellOffered(framework: FrameworkId, now: Micros): void {
    this.openCells.set(framework, (this.openCells.get(framework) ?? 0) + 1);
    this.offeredTo.add(framework);
    const { jobs } = this.cluster;
    for (const [job, record] of this.ofJob)
      if (jobs.pending[job] > 0 && (this.openCells.get(jobs.framework[job]) ?? 0) === 0)
        this.consider(job, record, now, 'no-offers');
    this.offeredTo.clear();
    this.seen.clear();
  }

  // One consideration

  /** `fallback`: the cause where machines have room, and no scheduler gave a cause. `no-offers` holds without room, too. */
  private consider(
    job: JobId,
    record: JobRecord,
    now: Micros,
    fallback: 'not-chosen' | 'probes' | 'conflict' | 'no-offers' = 'not-chosen',
  ): void {
    const { cluster } = this;
    const { jobs } = cluster;
    this.seen.add(job);
    const members = jobs.pendingTasks.of(job);
    const [first] = members;
    const isGang = jobs.gang[job] === 1;
    const answers = this.answersFor(first, jobs.rule[job] === NO_RULE && !cluster.rules.areInUse);
    const standing = isGang ? this.standing(members) : null;
    const hasRoom = isGang ? standing === members.length : answers.hasRoom;
    const limit = this.bounds?.whyNotNow(isGang ? members : [first]);
    const said = this.causeOf(job, first, limit, hasRoom, fallback);
    const isUnoffered = said.cause === 'no-offers';
    record.considered(
      {
        cause: said.cause,
        holders: isUnoffered ? this.frameworksOffered() : this.nameOf(said.holder),
        until: said.until,
        detail: limit ?? (isUnoffered ? this.shares(jobs.framework[job]) : ''),
        waiting: members.length,
        standing,
        classes: answers.classes,
        classesLeftOut: answers.leftOut,
      },
      now,
    );
  }

  private causeOf(
    job: JobId,
    first: TaskId,
    limit: string | undefined,
    hasRoom: boolean,
    fallback: WaitCause,
  ): Said {
    const { cluster, stop } = this;
    const alone = (cause: WaitCause): Said => ({ cause, holder: NONE, until: FOREVER });
    if (cluster.claims.size > 0 && cluster.claims.includes(job, first)) return alone('claim');
    if (limit !== undefined) return alone('limit');
    const said = this.said.get(job);
    if (said !== undefined) return said;
    if (stop !== NONE && stop !== job) return { cause: 'behind-head', holder: stop, until: FOREVER };
    if (fallback === 'no-offers' && (hasRoom || this.offeredTo.size > 0)) return alone('no-offers');
    return alone(fallback === 'conflict' || hasRoom ? fallback : 'no-room');
  }

  private answersFor(task: TaskId, isPlain: boolean): Answers {
    const { tasks } = this.cluster;
    const key = `${tasks.framework[task]} ${tasks.taskClass[task]}`;
    const known = isPlain ? this.shared.get(key) : undefined;
    if (known !== undefined) return known;
    const cells = (this.openCells.get(tasks.framework[task]) ?? 0) > 0 ? 'own' : 'others';
    const answers = this.answers?.of(task, cells) ?? { classes: [], leftOut: 0, hasRoom: false };
    if (isPlain) this.shared.set(key, answers);
    return answers;
  }

  /** How many of these tasks of a gang have room together on the machines that their scheduler sees. */
  private standing(members: readonly TaskId[]): number {
    const { offered, tasks } = this.cluster;
    const framework = tasks.framework[members[0]];
    if (this.isOffered) return this.gangs.freeAndOffered(members, [offered.of(framework)]);
    if ((this.openCells.get(framework) ?? 0) > 0)
      return this.gangs.freeAndOffered(members, [...offered.wholeCells]);
    return this.gangs.free(members);
  }

  private nameOf(job: JobId): readonly string[] {
    return job === NONE ? [] : [String(this.cluster.jobs.name[job])];
  }

  private frameworksOffered(): readonly string[] {
    return [...this.offeredTo].slice(0, MOST_HOLDERS).map((id) => this.cluster.frameworks[id].name);
  }

  /** The dominant shares of the framework and of those that got offers. */
  private shares(own: FrameworkId): string {
    const ids = [own, ...[...this.offeredTo].slice(0, MOST_HOLDERS)];
    const share = (id: FrameworkId) => Number((100 * allocatedShare(this.cluster, id)).toPrecision(3));
    return ids.map((id) => `${this.cluster.frameworks[id].name} ${share(id)} %`).join(', ');
  }

  // Which jobs

  private submitted(job: JobId, now: Micros): void {
    const { jobs, frameworks } = this.cluster;
    const name = String(jobs.name[job]);
    const framework = frameworks[jobs.framework[job]].name;
    const isNamed = this.names.has(name);
    if (!isNamed && !this.names.has(framework)) return;
    if (this.records.length >= MOST_JOBS && !this.makeRoom(isNamed)) {
      this.leftOut++;
      return;
    }
    const history: JobHistory = {
      job: name,
      framework,
      submitted: toSeconds(now),
      tasks: 0,
      isGang: jobs.gang[job] === 1,
      needs: {},
      requires: '',
      waited: null,
      entries: [],
      leftOut: 0,
      leftOutTimes: 0,
    };
    const record = new JobRecord(history, now, isNamed);
    this.records.push(record);
    this.ofJob.set(job, record);
  }

  /** Leaves out the job that waited least among those that have ended and were not asked for by name. False if there is none. */
  private makeRoom(isNamed: boolean): boolean {
    const leaving = this.records
      .filter((record) => record.hasEnded && (!record.isNamed || isNamed))
      .sort((a, b) => Number(a.isNamed) - Number(b.isNamed) || waitOf(a) - waitOf(b))[0];
    if (leaving === undefined) return false;
    this.records = this.records.filter((record) => record !== leaving);
    this.leftOut++;
    return true;
  }

  histories(): WaitHistories {
    return {
      asked: this.asked,
      jobs: this.records.map(({ history }) => history),
      jobsLeftOut: this.leftOut,
    };
  }

  private events(): Partial<Observer> {
    const { tasks, jobs, machines, classes, space } = this.cluster;
    const about = (job: JobId, note: (record: JobRecord) => void) => {
      const record = this.ofJob.get(job);
      if (record !== undefined) note(record);
    };
    return {
      jobSubmitted: (job, now) => this.submitted(job, now),
      taskSubmitted: (task) =>
        about(tasks.job[task], ({ history }) => {
          if (history.tasks++ > 0) return;
          history.needs = amountsOf(space, classes.demand, tasks.taskClass[task] * classes.dims);
          history.requires = requiredText(this.cluster, tasks.taskClass[task]);
        }),
      taskStarted: (task, now) =>
        about(tasks.job[task], (record) => {
          record.history.waited ??= toSeconds(now - record.submitted);
          record.happened('started', machines.specs[tasks.machine[task]].name, 1, now);
        }),
      taskKilled: (task, machine, cause, now) =>
        about(tasks.job[task], (record) => {
          const [by] = cause === 'preempted' ? this.cluster.claims.jobsOn(machine) : [];
          const words = by === undefined ? cause : `${cause} for job ${quote(jobs.name[by])}`;
          record.happened('stopped', words, 1, now);
        }),
      jobImpossible: (job, count, reason, now) =>
        about(job, (record) => record.happened('never-runs', reason, count, now)),
      jobRejected: (job, reason, now) =>
        about(job, (record) => record.happened('never-runs', reason, jobs.pending[job], now)),
      jobNotRun: (job, count, reason, now) =>
        about(job, (record) => record.happened('never-runs', reason, count, now)),
      jobStuck: (job, count, reason, now) =>
        about(job, (record) => record.happened('waits-at-end', reason, count, now)),
      jobEnded: (job, now) =>
        about(job, (record) => {
          const failed = jobs.unsuccessful[job];
          record.happened('ended', failed === 0 ? '' : `${failed} without success`, 0, now);
          record.hasEnded = true;
          this.ofJob.delete(job);
        }),
      runEnded: (now) => {
        for (const [job, record] of this.ofJob)
          if (jobs.pending[job] > 0 && record.history.entries.at(-1)?.kind !== 'waits-at-end')
            record.happened('waits-at-end', '', jobs.pending[job], now);
      },
      offerMade: (framework, machine, now) => {
        if (machine === NONE) this.cellOffered(framework, now);
        else this.offeredTo.add(framework);
      },
      offerEnded: (framework, machine) => {
        if (machine === NONE) this.openCells.set(framework, (this.openCells.get(framework) ?? 1) - 1);
      },
      attempted: (attempt, now) => this.attempted(attempt, now),
      passEnded: (now) => this.passEnded(now),
      roundsRepeated: ({ from, period, periods }) => {
        for (const [job, record] of this.ofJob)
          if (jobs.pending[job] > 0) record.repeated(from + periods * period, periods);
      },
    };
  }
}

/** How long the job waited for its first start, Infinity if it never started. */
function waitOf({ history }: JobRecord): number {
  return history.waited ?? Number.POSITIVE_INFINITY;
}
