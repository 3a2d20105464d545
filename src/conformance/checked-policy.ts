import { NONE } from '../model/index.js';
import type {
  Allocator,
  AnyScore,
  Choice,
  ChoiceSpec,
  MachineId,
  Machines,
  Scheduler,
  TaskFacts,
  TaskId,
} from '../policies/contract.js';
import type { Controller } from '../policies/contract-control.js';
import type { PolicyParts } from '../policies/policy.js';
import { watchingInputs } from './hidden-inputs.js';
import { allocatorFrame, frameOf, wrappedParts } from './policy-parts.js';

/** Names of the checks of what a policy reads and writes. */
export const READS_AND_WRITES = {
  writes: 'a policy writes to nothing that it is given',
  inputs: 'a policy has no clock, timer or randomness but those of its view',
  scores: 'a score reads only what it declares, so that kept values equal new ones',
} as const;

/** Reports a violation of a check. */
export type Report = (check: string, problem: string) => void;

/**
 * The same parts, watched: the views and actions that they get are behind proxies. These slow a policy down a hundredfold, so
 * they are for checks only. The decisions are the same.
 */
export function checkedParts(parts: PolicyParts, report: Report): PolicyParts {
  return wrappedParts(parts, {
    scheduler: (scheduler) => checkedScheduler(scheduler, report),
    allocator: (allocator) => checkedAllocator(allocator, report),
    controller: (controller) => checkedController(controller, report),
  });
}

function checkedScheduler(scheduler: Scheduler, report: Report): Scheduler {
  const watch = new Watch(report);
  return {
    ...frameOf(scheduler),
    begin(view) {
      watch.tasks = view.tasks;
      watch.call(() => scheduler.begin?.(watch.of(view, 'view')));
    },
    schedule: (view, act) =>
      watch.call(() => scheduler.schedule(watch.of(view, 'view'), watch.of(act, 'act'))),
  };
}

function checkedAllocator(allocator: Allocator, report: Report): Allocator {
  const watch = new Watch(report);
  return {
    ...allocatorFrame(allocator),
    begin: (view) => watch.call(() => allocator.begin?.(watch.of(view, 'view'))),
    allocate: (view, offers) =>
      watch.call(() => allocator.allocate(watch.of(view, 'view'), watch.of(offers, 'offers'))),
  };
}

function checkedController(controller: Controller, report: Report): Controller {
  const watch = new Watch(report);
  return {
    ...frameOf(controller),
    begin(view) {
      watch.tasks = view.tasks;
      return watch.call(() => controller.begin?.(watch.of(view, 'view')) ?? view.now);
    },
    control: (view, act) =>
      watch.call(() => controller.control(watch.of(view, 'view'), watch.of(act, 'act'))),
  };
}

/** The watch of one scheduler, allocator or control loop. */
class Watch {
  private readonly report: Report;
  private readonly proxies = new WeakMap<object, object>();
  private readonly scores = new WeakMap<AnyScore, WatchedScore>();
  /** The facts of the view, for the classes and states of tasks. */
  tasks: TaskFacts | undefined;
  /** A score runs: it must not read the view. */
  private scoring: string | undefined;
  private preparing: Machines | undefined;

  constructor(report: Report) {
    this.report = report;
  }

  call<T>(action: () => T): T {
    return watchingInputs((what) => this.report(READS_AND_WRITES.inputs, `it uses ${what}`), action);
  }

  /** The object behind a proxy. Its target is a dummy, because a frozen target must show its own values. */
  of<T extends object>(object: T, path: string): T {
    const known = this.proxies.get(object);
    if (known !== undefined) return known as T;
    const refuse = (key: PropertyKey) => {
      this.report(READS_AND_WRITES.writes, `it writes to ${path}.${String(key)}`);
      return false;
    };
    const refusals = {
      set: (_: T, key: PropertyKey) => refuse(key),
      defineProperty: (_: T, key: PropertyKey) => refuse(key),
      deleteProperty: (_: T, key: PropertyKey) => refuse(key),
      setPrototypeOf: () => refuse('__proto__'),
    };
    // The methods of an array read a copy, and what they write is refused.
    const proxy = Array.isArray(object)
      ? new Proxy([...(object as unknown[])] as unknown as T, refusals)
      : new Proxy({} as T, {
          get: (_, key) => this.read(object, key, path),
          has: (_, key) => key in object,
          ownKeys: () => [],
          ...refusals,
        });
    this.proxies.set(object, proxy);
    return proxy;
  }

  private read(object: object, key: PropertyKey, path: string): unknown {
    if (this.scoring !== undefined)
      this.report(READS_AND_WRITES.scores, `the score "${this.scoring}" reads ${path}.${String(key)}`);
    const value = Reflect.get(object, key);
    const where = `${path}.${String(key)}`;
    if (typeof value === 'function') return this.method(object, value as Method, where);
    return typeof value === 'object' && value !== null ? this.of(value, where) : value;
  }

  private method(object: object, method: Method, where: string): Method {
    const known = this.proxies.get(method);
    if (known !== undefined) return known as Method;
    const watched: Method = where.endsWith('machines.prepare')
      ? (spec) => this.prepared(object as Machines, spec as ChoiceSpec)
      : (...given) => {
          const result = method.apply(object, given);
          return typeof result === 'object' && result !== null ? this.of(result, `${where}()`) : result;
        };
    // A method of a prototype belongs to several objects, so only functions of their own are kept.
    if (Object.hasOwn(object, method.name)) this.proxies.set(method, watched);
    return watched;
  }

  private prepared(machines: Machines, spec: ChoiceSpec): Choice {
    const { score } = spec;
    this.preparing = machines;
    if (Array.isArray(score)) {
      const parts = score.map((part) => ({ ...part, score: this.watched(part.score).score }));
      return machines.prepare({ ...spec, score: parts });
    }
    const watched = this.watched(score as AnyScore);
    const choice = machines.prepare({ ...spec, score: watched.score });
    return {
      best: (task) => {
        const machine = choice.best(task);
        if (spec.ties !== 'random') this.compare(machines, spec, watched, task, machine);
        return machine;
      },
    };
  }

  private watched(score: AnyScore): WatchedScore {
    const known = this.scores.get(score);
    if (known !== undefined) return known;
    const functions = new WeakMap<Machines, ScoreFunction>();
    const make: AnyScore['make'] = (see) => {
      const value = score.make(see);
      const guarded: ScoreFunction = (machine, taskClass, task) => {
        this.scoring = score.name;
        try {
          return value(machine, taskClass, task);
        } finally {
          this.scoring = undefined;
        }
      };
      if (this.preparing !== undefined) functions.set(this.preparing, guarded);
      return guarded;
    };
    const watched = { functions, score: { ...score, make } };
    this.scores.set(score, watched);
    return watched;
  }

  /** A look at every machine must find the same one. */
  private compare(
    machines: Machines,
    { where }: ChoiceSpec,
    { score, functions }: WatchedScore,
    task: TaskId,
    found: MachineId,
  ): void {
    // Within a choice, the room that is claimed for the task counts as free. A look from outside cannot repeat that.
    if (this.tasks?.state(task) === 'claiming') return;
    const value = functions.get(machines) as ScoreFunction;
    const taskClass = this.tasks?.taskClass(task) ?? NONE;
    const asked = (score.reads as readonly string[]).includes('job') ? task : NONE;
    let best = NONE;
    let highest = Number.NaN;
    for (let machine = 0; machine < machines.count; machine++) {
      if (machines.whyNot(task, machine) !== 'done' || where?.(machine, task) === false) continue;
      const computed = value(machine, taskClass, asked);
      const comparable = Number.isNaN(computed) ? Number.NEGATIVE_INFINITY : computed;
      if (best !== NONE && comparable <= highest) continue;
      best = machine;
      highest = comparable;
    }
    if (best === found) return;
    this.report(
      READS_AND_WRITES.scores,
      `the score "${score.name}" chose machine ${found}, and machine ${best} when it was computed anew`,
    );
  }
}

type Method = (...given: unknown[]) => unknown;
type ScoreFunction = (machine: MachineId, taskClass: number, task: TaskId) => number;

/** A score that reports what it should not read, and its functions by the machines for which they were made. */
interface WatchedScore {
  readonly score: AnyScore;
  readonly functions: WeakMap<Machines, ScoreFunction>;
}
