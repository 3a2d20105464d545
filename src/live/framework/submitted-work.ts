import {
  type Cluster,
  FOREVER,
  type JobId,
  type Micros,
  NO_RULE,
  type PlacementRuleId,
  type TaskId,
} from '../../model/index.js';
import type { Random } from '../../policies/contract.js';
import type { Controller } from '../../policies/contract-control.js';
import type { Cancel } from '../clock.js';
import { ControlLoops, readingInterval } from './control-loops.js';
import { addJob, Framework, type FrameworkSetup } from './framework.js';
import { MeasuredUsage } from './measured-usage.js';
import { ServiceKeeper } from './service-keeper.js';
import type { JobTerms, ServiceTerms, Submission } from './submission.js';
import { pollUsage } from './usage-poll.js';
import type { Work, WorkListener } from './work.js';

/** Settings of SubmittedWork. */
export interface SubmittedWorkSetup extends Omit<FrameworkSetup, 'listener'> {
  /** Prints progress, one line per event. */
  readonly say: (message: string) => void;
  /** Control loops besides those of `scaling` of services. */
  readonly controllers?: readonly Controller[];
  /** A random stream for the control loop of this name. */
  readonly controllerRandom: (controller: string) => Random;
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
  private readonly usage: MeasuredUsage;
  private readonly loops: ControlLoops;
  private readonly hasLoops: boolean;
  private cancelPoll: Cancel = () => undefined;
  private failures = 0;
  private submissions = 0;
  private over: (failedJobs: number) => void = () => undefined;

  /** @throws InputError when a control loop needs a feature that a framework of a master lacks. */
  constructor({ say, controllers = [], controllerRandom, ...setup }: SubmittedWorkSetup) {
    this.say = say;
    this.setup = { ...setup, listener: this.listener() };
    this.framework = new Framework(this.setup);
    const { execution } = this.framework;
    this.usage = new MeasuredUsage(setup.cluster.space, (task) => execution.currentAttempt(task));
    this.loops = new ControlLoops({
      ...setup,
      usage: this.usage,
      actions: this.framework.newActions(),
      random: controllerRandom,
      policyScales: controllers.some(({ needs }) => needs?.includes('scale')),
    });
    for (const controller of controllers) this.loops.start(controller);
    this.hasLoops = controllers.length > 0;
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
      if (terms !== undefined) keeper.change(withinBounds(terms, keeper.wanted));
      else {
        keeper.end();
        this.keepers.delete(name);
        this.loops.drop(name);
      }
    }
    for (const terms of services) if (!this.keepers.has(terms.name)) this.keep(terms);
    for (const terms of services) this.loops.keep(this.keepers.get(terms.name) as ServiceKeeper, terms);
    this.measure(services);
    this.mayBeOver();
  }

  /** Reads the usage of tasks while a control loop may need it. */
  private measure(services: readonly ServiceTerms[]): void {
    this.cancelPoll();
    this.cancelPoll = () => undefined;
    if (!this.hasLoops && services.every(({ scaling }) => scaling === undefined)) return;
    const { execution } = this.framework;
    this.cancelPoll = pollUsage({
      ...this.setup,
      interval: readingInterval(services),
      agents: () => this.framework.agentAddresses(),
      taskOf: (attempt) => execution.taskOfAttempt(attempt),
      usage: this.usage,
    });
  }

  /** Instances of a service that are ready. */
  readyInstances(service: string): number {
    return this.keepers.get(service)?.ready ?? 0;
  }

  /** Stops everything and tears the framework down. */
  teardown(): Promise<void> {
    this.cancelPoll();
    this.loops.close();
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
    const { gang, user, labels, timeLimit } = terms;
    const rule = ruleOf(this.setup.cluster, terms);
    const submitted = this.setup.now();
    const deadline = submitted + terms.deadline;
    const job = addJob(this.setup, { name: terms.name, submitted, gang, rule, deadline, user, labels });
    for (let i = 0; i < terms.tasks; i++) {
      const environment = { ...terms.environment, FAIRGROUND_TASK: String(i) };
      const named = this.workOf(terms, `${terms.name}.${i}`);
      const work = { ...named, environment, retries: terms.retries, timeLimit };
      this.jobOf.set(this.submit(job, terms, terms.estimate, work), running);
    }
  }

  private submitInstance(terms: ServiceTerms, retries: number, backoff: Micros): TaskId {
    const { name, user, labels } = terms;
    const rule = ruleOf(this.setup.cluster, terms);
    const job = addJob(this.setup, { name, submitted: this.setup.now(), gang: false, rule, user, labels });
    const work = this.workOf(terms, terms.name);
    const { healthCheck } = terms;
    return this.submit(job, terms, FOREVER, { ...work, healthCheck, retries, backoff });
  }

  private submit(job: JobId, terms: JobTerms | ServiceTerms, estimate: Micros, work: Work): TaskId {
    const { cluster, now } = this.setup;
    const taskClass = classOf(cluster, terms);
    return this.framework.submit(
      {
        job,
        taskClass,
        estimate,
        timeLimit: work.timeLimit ?? FOREVER,
        priority: terms.priority,
        submitted: now(),
      },
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

/** The terms of the file. A scaled service keeps its number of instances, within the bounds of the file. */
function withinBounds(terms: ServiceTerms, wanted: number): ServiceTerms {
  const { scaling } = terms;
  if (scaling === undefined) return terms;
  return { ...terms, instances: Math.min(scaling.most, Math.max(scaling.least, wanted)) };
}

function ruleOf({ rules }: Cluster, { rule }: JobTerms | ServiceTerms): PlacementRuleId {
  return rule === undefined ? NO_RULE : rules.intern(rule);
}

function classOf(
  { classes, constraints, space }: Cluster,
  { constraint = [], demand }: JobTerms | ServiceTerms,
): number {
  const asked = Object.entries(demand).filter(([name, amount]) => amount > 0 || space.dimensionOf(name) >= 0);
  return classes.acquire({
    demand: space.quanta(Object.fromEntries(asked)),
    constraint: constraints.intern(constraint),
  });
}
