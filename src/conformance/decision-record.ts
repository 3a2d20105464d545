import {
  type Cluster,
  type JobId,
  type MachineId,
  type Micros,
  secondsText,
  type TaskId,
} from '../model/index.js';
import type { FrameworkId, PlacementSink, Placing } from '../policies/contract.js';
import type { PolicyParts } from '../policies/policy.js';
import { allocatorFrame, frameOf, wrappedParts } from './policy-parts.js';

/** An extra call, or a text that is written again, changes nothing on the cluster. Promises are recorded after a call. */
const NO_DECISIONS: readonly string[] = ['wakeAt', 'remember', 'promise'];

/** A restart of a part of the policy. */
interface Restart {
  readonly at: string;
  /** Number of decisions before it. */
  readonly before: number;
}

/** The decisions of a policy in a run, as text, in order. Refused actions change nothing, so they are left out. */
export class DecisionRecord {
  readonly decisions: string[] = [];
  readonly restarts: Restart[] = [];
  /** The promises before this call to the jobs that got one in it. */
  private readonly promised = new Map<JobId, Micros>();
  /** The ledger of the run, for names. */
  cluster: Cluster | undefined;
  /** Called after each action that was done. */
  afterEach: (() => void) | undefined;

  /** The parts, whose decisions are recorded here. */
  of(parts: PolicyParts): PolicyParts {
    return wrappedParts(parts, {
      scheduler: (scheduler) => ({
        ...frameOf(scheduler),
        begin: (view) => scheduler.begin?.(view),
        schedule: (view, act) => {
          scheduler.schedule(view, this.sink(act, view));
          this.endCall(view.now);
        },
      }),
      allocator: (allocator) => ({
        ...allocatorFrame(allocator),
        begin: (view) => allocator.begin?.(view),
        allocate: (view, offers) => allocator.allocate(view, this.sink(offers, view)),
      }),
      controller: (controller) => ({
        ...frameOf(controller),
        begin: (view) => controller.begin?.(view) ?? view.now,
        control: (view, act) => controller.control(view, this.sink(act, view)),
      }),
    });
  }

  /** The actions, each of which is recorded when it is done. */
  sink<T extends object>(act: T, view: { readonly now: Micros }): T {
    return new Proxy({} as T, {
      get: (_, key) => {
        const action = Reflect.get(act, key) as unknown;
        if (typeof action !== 'function') return action;
        return (...given: unknown[]) => {
          if (key === 'promise') this.notePromise(given[0] as JobId);
          // The text is made first: an id may name something else afterwards.
          const text = NO_DECISIONS.includes(String(key)) ? undefined : this.text(String(key), given);
          const verdict: unknown = action.apply(act, given);
          if (verdict === 'done') this.afterEach?.();
          if (verdict === 'done' && text !== undefined) this.add(text, view.now);
          return verdict;
        };
      },
    });
  }

  restarted(now: Micros): void {
    this.restarts.push({ at: `${secondsText(now)} s`, before: this.decisions.length });
  }

  private add(text: string, now: Micros): void {
    this.decisions.push(`at ${secondsText(now)} s: ${text}`);
  }

  private notePromise(job: JobId): void {
    if (!this.promised.has(job)) this.promised.set(job, this.promiseOf(job));
  }

  private promiseOf(job: JobId): Micros {
    return this.cluster?.jobs.promised[job] ?? Number.NaN;
  }

  /** A plan may change within a call, and a promise may be given again. What stands after the call counts. */
  private endCall(now: Micros): void {
    for (const [job, before] of this.promised) {
      const at = this.promiseOf(job);
      if (Object.is(before, at)) continue;
      const name = `job ${this.job(job)}`;
      this.add(
        Number.isNaN(at)
          ? `withdraw the promise to ${name}`
          : `promise ${name} a start at ${secondsText(at)} s`,
        now,
      );
    }
    this.promised.clear();
  }

  private text(action: string, given: readonly unknown[]): string {
    const [first, second, third] = given as [number, number, unknown];
    switch (action as keyof PlacementSink | 'offer') {
      case 'start':
        return `start ${this.task(first)} on ${this.machine(second)}${devices(third)}`;
      case 'startGang': {
        const { tasks, machines, devices: masks } = given[1] as Placing;
        const placed = Array.from(
          tasks,
          (task, i) => `task ${task} on ${this.machine(machines[i])}${devices(masks?.[i])}`,
        );
        return `start job ${this.job(first)} with ${placed.join(', ')}`;
      }
      case 'kill':
        return `kill ${this.task(first)}${second === undefined ? '' : ` with ${JSON.stringify(second)}`}`;
      case 'offer':
        return `offer ${this.machine(second)} to ${this.framework(first)}`;
      case 'drain':
      case 'undrain':
        return `${action} ${this.machine(first)}`;
      case 'decline':
        return `decline ${this.machine(first)} for ${secondsText(second)} s`;
      default:
        return `${action}(${given.map((value) => JSON.stringify(value)).join(', ')})`;
    }
  }

  private task(task: TaskId): string {
    const job = this.cluster?.tasks.job[task];
    return job === undefined ? `task ${task}` : `task ${task} of job ${this.job(job)}`;
  }

  private job(job: JobId): string {
    return String(this.cluster?.jobs.name[job] ?? job);
  }

  private machine(machine: MachineId): string {
    return `machine ${this.cluster?.machines.specs[machine]?.name ?? machine}`;
  }

  private framework(framework: FrameworkId): string {
    return `framework ${this.cluster?.frameworks[framework]?.name ?? framework}`;
  }
}

function devices(mask: unknown): string {
  return typeof mask === 'number' && mask !== 0 ? ` (devices ${mask.toString(2)} in binary)` : '';
}
