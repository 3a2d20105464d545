import { InputError, type Micros, type Observer, type TaskId } from '../../../model/index.js';
import type { ScaledApplication } from '../../../workloads/scaled-application.js';
import type { ControlHost, Controller } from '../controller.js';
import { ApplicationLoop } from './application-loop.js';

/** The subject of a call is 3 x application + kind. */
const [LOOK, LOAD_STEP, READY] = [0, 1, 2];
const KINDS = 3;

/** Scales applications with their load in simulated time. Each application has its own loop. */
export class HorizontalScaler implements Controller {
  private readonly applications: readonly ScaledApplication[];
  private host!: ControlHost;
  private loops: ApplicationLoop[] = [];
  /** The loop of each current instance. */
  private readonly loopOf = new Map<TaskId, number>();

  constructor(applications: readonly ScaledApplication[]) {
    this.applications = applications;
  }

  /** @throws InputError when no machine can hold an instance. */
  begin(host: ControlHost, now: Micros): void {
    this.host = host;
    const ordinals = new Map<number, number>();
    this.loops = this.applications.map((application) => {
      const { framework } = application.instance;
      const ordinal = ordinals.get(framework) ?? 0;
      ordinals.set(framework, ordinal + 1);
      return new ApplicationLoop(application, ordinal, host, now);
    });
    this.applications.forEach((application, index) => {
      checkFits(application, host);
      host.wake(now, index * KINDS + LOOK);
      host.wake(nextStep(application, now), index * KINDS + LOAD_STEP);
    });
  }

  due(subject: number, now: Micros): void {
    const kind = subject % KINDS;
    const index = (subject - kind) / KINDS;
    const application = this.applications[index];
    const loop = this.loops[index];
    if (kind === READY) {
      loop.report(now);
      return;
    }
    if (kind === LOAD_STEP) {
      loop.report(now);
      this.host.wake(nextStep(application, now), subject);
      return;
    }
    loop.look(now);
    for (const task of loop.tasks) this.loopOf.set(task, index);
    this.host.wake(now + application.terms.every, subject);
  }

  readonly observer: Partial<Observer> = {
    taskStarted: (task, now) => {
      const index = this.loopOf.get(task);
      if (index === undefined) return;
      const readyAt = this.loops[index].taskStarted(task, now);
      this.loops[index].report(now);
      if (readyAt > now) this.host.wake(readyAt, index * KINDS + READY);
    },
    taskSilenced: (task, now) => this.stopped(task, true, now),
    taskKilled: (task, _machine, _cause, now) => this.stopped(task, false, now),
    taskEnded: (task, _machine, _outcome, now) => {
      const index = this.loopOf.get(task);
      if (index === undefined) return;
      this.loopOf.delete(task);
      this.loops[index].taskEnded(task);
      this.loops[index].report(now);
    },
  };

  private stopped(task: TaskId, isPlaced: boolean, now: Micros): void {
    const index = this.loopOf.get(task);
    if (index === undefined) return;
    this.loops[index].taskStopped(task, isPlaced);
    this.loops[index].report(now);
  }
}

function nextStep({ load }: ScaledApplication, now: Micros): Micros {
  return (Math.floor(now / load.step) + 1) * load.step;
}

function checkFits({ name, instance }: ScaledApplication, { cluster }: ControlHost): void {
  const { machines, space } = cluster;
  for (let machine = 0; machine < machines.count; machine++) {
    const row = machine * space.size;
    if (space.names.every((_, d) => instance.demand[d] <= machines.capacity[row + d])) return;
  }
  throw new InputError({}, `no machine of the run can take an instance of ${name}`);
}
