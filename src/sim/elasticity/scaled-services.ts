import { InputError, type Micros, type Observer, type TaskId } from '../../model/index.js';
import type { ControlVerdict, ServiceFacts, ServiceId } from '../../policies/contract-control.js';
import type { ScaledApplication } from '../../workloads/scaled-application.js';
import type { ControlPart, Wake } from './control-part.js';
import type { RunActions } from './run-actions.js';
import { ScaledService } from './scaled-service.js';

/** The subject of an event is 2 x service + kind. */
const [LOAD_STEP, READY] = [0, 1];
const KINDS = 2;

/** The services of a run: their instances, and their load as a host measures it. */
export class ScaledServices implements ControlPart {
  private readonly applications: readonly ScaledApplication[];
  private services: ScaledService[] = [];
  private actions!: RunActions;
  private wake!: Wake;
  /** The service of each current instance. */
  private readonly serviceOf = new Map<TaskId, ServiceId>();

  /** The observer of the run must forward its events to `observer`. */
  constructor(applications: readonly ScaledApplication[]) {
    this.applications = applications;
  }

  connect(actions: RunActions, wake: Wake): void {
    this.actions = actions;
    this.wake = wake;
  }

  /** @throws InputError when no machine can hold an instance. */
  begin(now: Micros): void {
    const ordinals = new Map<number, number>();
    this.services = this.applications.map((application) => {
      const { framework } = application.instance;
      const ordinal = ordinals.get(framework) ?? 0;
      ordinals.set(framework, ordinal + 1);
      return new ScaledService(application, ordinal, this.actions, now);
    });
    this.applications.forEach((application, service) => {
      checkFits(application, this.actions);
      this.wake(nextStep(application, now), service * KINDS + LOAD_STEP);
    });
  }

  due(subject: number, now: Micros): void {
    const kind = subject % KINDS;
    const service = (subject - kind) / KINDS;
    this.services[service].report(now);
    if (kind === LOAD_STEP) this.wake(nextStep(this.applications[service], now), subject);
  }

  scale(service: ServiceId, instances: number, now: Micros): ControlVerdict {
    const one = this.services[service];
    if (one === undefined) return 'unknown-service';
    const { least, most } = one.application.terms;
    if (!(Number.isInteger(instances) && instances >= least && instances <= most)) return 'out-of-bounds';
    one.scale(instances, now);
    for (const task of one.tasks) this.serviceOf.set(task, service);
    return 'done';
  }

  /** As measured at the time of the call. */
  facts(): ServiceFacts {
    const { applications } = this;
    const now = () => this.actions.now;
    return {
      count: applications.length,
      framework: (service) => applications[service].instance.framework,
      wanted: (service) => this.services[service].wanted,
      ready: (service) => this.services[service].serving(now()),
      least: (service) => applications[service].terms.least,
      most: (service) => applications[service].terms.most,
      utilization: (service) => this.services[service].utilization(now()),
    };
  }

  readonly observer: Partial<Observer> = {
    taskStarted: (task, now) => {
      const service = this.serviceOf.get(task);
      if (service === undefined) return;
      const readyAt = this.services[service].taskStarted(task, now);
      this.services[service].report(now);
      if (readyAt > now) this.wake(readyAt, service * KINDS + READY);
    },
    taskSilenced: (task, now) => this.stopped(task, true, now),
    taskKilled: (task, _machine, _cause, now) => this.stopped(task, false, now),
    taskEnded: (task, _machine, _outcome, now) => {
      const service = this.serviceOf.get(task);
      if (service === undefined) return;
      this.serviceOf.delete(task);
      this.services[service].taskEnded(task);
      this.services[service].report(now);
    },
  };

  private stopped(task: TaskId, isPlaced: boolean, now: Micros): void {
    const service = this.serviceOf.get(task);
    if (service === undefined) return;
    this.services[service].taskStopped(task, isPlaced);
    this.services[service].report(now);
  }
}

function nextStep({ load }: ScaledApplication, now: Micros): Micros {
  return (Math.floor(now / load.step) + 1) * load.step;
}

function checkFits({ name, instance }: ScaledApplication, { cluster }: RunActions): void {
  const { machines, space } = cluster;
  for (let machine = 0; machine < machines.count; machine++) {
    const row = machine * space.size;
    if (space.names.every((_, d) => instance.demand[d] <= machines.capacity[row + d])) return;
  }
  throw new InputError({}, `no machine of the run can take an instance of ${name}`);
}
