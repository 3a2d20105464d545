import { type Cluster, FOREVER, type JobId, type Micros, type TaskId } from '../../model/index.js';
import { addJob, Framework, type FrameworkSetup } from './framework.js';
import { ServiceKeeper } from './service-keeper.js';
import type { JobTerms, ServiceTerms, Submission } from './submission.js';
import type { Work, WorkListener } from './work.js';

/** Settings of SubmittedWork. */
export interface SubmittedWorkSetup extends Omit<FrameworkSetup, 'listener'> {
  /** Prints progress, one line per event. */
  readonly say: (message: string) => void;
}

interface RunningJob {
  readonly name: string;
  left: number;
  failed: number;
}

/** Jobs and services of a submission, on the framework that places them. */
export class SubmittedWork {
  private readonly setup: FrameworkSetup;
  private readonly say: (message: string) => void;
  private readonly framework: Framework;
  private readonly jobs = new Map<string, RunningJob>();
  private readonly jobOf = new Map<TaskId, RunningJob>();
  private readonly keepers = new Map<string, ServiceKeeper>();
  private failures = 0;
  private submissions = 0;
  private over: (failedJobs: number) => void = () => undefined;

  constructor({ say, ...setup }: SubmittedWorkSetup) {
    this.say = say;
    this.setup = { ...setup, listener: this.listener() };
    this.framework = new Framework(this.setup);
  }

  /** Resolves with the number of failed jobs when all jobs have ended and there is no service. */
  run(submission: Submission): Promise<number> {
    const over = new Promise<number>((resolve) => {
      this.over = resolve;
    });
    void this.framework.connect();
    this.change(submission);
    return over;
  }

  /** Applies a new version of the submission: new jobs start, services change, known jobs continue unchanged. */
  change({ jobs, services }: Submission): void {
    for (const job of jobs) if (!this.jobs.has(job.name)) this.submitJob(job);
    const wanted = new Map(services.map((terms) => [terms.name, terms]));
    for (const [name, keeper] of this.keepers) {
      const terms = wanted.get(name);
      if (terms !== undefined) keeper.change(terms);
      else {
        keeper.end();
        this.keepers.delete(name);
      }
    }
    for (const terms of services) if (!this.keepers.has(terms.name)) this.keep(terms);
    this.mayBeOver();
  }

  /** Instances of a service that are ready. */
  readyInstances(service: string): number {
    return this.keepers.get(service)?.ready ?? 0;
  }

  /** Stops everything and tears the framework down. */
  teardown(): Promise<void> {
    return this.framework.teardown();
  }

  private keep(terms: ServiceTerms): void {
    const keeper = new ServiceKeeper(
      {
        clock: this.setup.clock,
        say: this.say,
        submit: (instance, retries, backoff) => this.submitInstance(instance, retries, backoff),
        stop: (task) => this.framework.stop(task),
      },
      terms,
    );
    this.keepers.set(terms.name, keeper);
  }

  private submitJob(terms: JobTerms): void {
    const running: RunningJob = { name: terms.name, left: terms.tasks, failed: 0 };
    this.jobs.set(terms.name, running);
    const job = addJob(this.setup, terms.name, terms.gang);
    for (let i = 0; i < terms.tasks; i++) {
      const environment = { ...terms.environment, FAIRGROUND_TASK: String(i) };
      const work = { ...this.workOf(terms, `${terms.name}.${i}`), environment, retries: terms.retries };
      this.jobOf.set(this.submit(job, terms, terms.estimate, work), running);
    }
  }

  private submitInstance(terms: ServiceTerms, retries: number, backoff: Micros): TaskId {
    const job = addJob(this.setup, terms.name, false);
    const work = this.workOf(terms, terms.name);
    const { healthCheck } = terms;
    return this.submit(job, terms, FOREVER, { ...work, healthCheck, retries, backoff });
  }

  private submit(job: JobId, terms: JobTerms | ServiceTerms, estimate: Micros, work: Work): TaskId {
    const { cluster, now } = this.setup;
    const taskClass = classOf(cluster, terms);
    return this.framework.submit(
      { job, taskClass, estimate, timeLimit: FOREVER, priority: terms.priority, submitted: now() },
      work,
    );
  }

  private workOf({ command, environment }: JobTerms | ServiceTerms, name: string): Work {
    this.submissions++;
    return {
      name: `${name}.${this.submissions}`,
      command,
      environment,
      healthCheck: undefined,
      retries: 0,
      backoff: 0,
      submitted: this.setup.clock.now(),
    };
  }

  private listener(): WorkListener {
    const keeperOf = (task: TaskId) => [...this.keepers.values()].find((keeper) => keeper.owns(task));
    return {
      running: (task, isHealthy) => keeperOf(task)?.running(task, isHealthy),
      lost: (task, state) => keeperOf(task)?.lost(task, state),
      failed: (task, message, isOver) => {
        keeperOf(task)?.failed(task, message);
        const job = this.jobOf.get(task);
        if (job === undefined) return;
        if (isOver) job.failed++;
        this.say(`${job.name}: task failed${isOver ? '' : ', restarting'}: ${message}`);
      },
      ended: (task) => {
        keeperOf(task)?.ended(task);
        const job = this.jobOf.get(task);
        this.jobOf.delete(task);
        if (job !== undefined) this.taskEnded(job);
      },
    };
  }

  private taskEnded(job: RunningJob): void {
    job.left--;
    if (job.left > 0) return;
    if (job.failed > 0) this.failures++;
    this.say(
      job.failed === 0 ? `${job.name}: finished` : `${job.name}: ${job.failed} tasks failed permanently`,
    );
    this.mayBeOver();
  }

  private mayBeOver(): void {
    if (this.keepers.size === 0 && [...this.jobs.values()].every(({ left }) => left === 0))
      this.over(this.failures);
  }
}

function classOf({ classes, space }: Cluster, { demand }: JobTerms | ServiceTerms): number {
  const asked = Object.entries(demand).filter(([name, amount]) => amount > 0 || space.dimensionOf(name) >= 0);
  return classes.acquire({ demand: space.quanta(Object.fromEntries(asked)) });
}
