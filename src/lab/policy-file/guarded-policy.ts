import { basename } from 'node:path';
import { type FrameworkId, InputError, LedgerError, type Micros, secondsText } from '../../model/index.js';
import type { Allocator, Scheduler } from '../../policies/contract.js';
import type { Controller } from '../../policies/contract-control.js';
import type { Policy, PolicyParts, SharedStateParts, WholeCellParts } from '../../policies/policy.js';
import { confined } from './confined.js';
import type { DecisionWatch } from './decision-watch.js';

/** The file of a policy, and the watch of its calls. */
interface Guard {
  readonly path: string;
  readonly watch: DecisionWatch | undefined;
}

/**
 * Wraps a policy from a file. Its exceptions become one-line errors with the file, the line and the simulated time. Its calls can
 * be watched.
 */
export function guardedPolicy(policy: Policy, path: string, watch?: DecisionWatch): Policy {
  const guard: Guard = { path, watch };
  return {
    ...policy,
    build: (settings, context) =>
      guardedParts(
        called(guard, 'build', Number.NaN, () => policy.build(settings, context)),
        guard,
      ),
  };
}

/** Checks the result of `build`. The types of a JavaScript file are not checked before, so the result may be any value. */
function guardedParts(parts: PolicyParts, guard: Guard): PolicyParts {
  const placing = guardedPlacing(parts, guard);
  const { controllers } = parts;
  if (controllers === undefined) return placing;
  check(
    Array.isArray(controllers),
    guard.path,
    'build() must return an array of control loops as controllers',
  );
  return { ...placing, controllers: controllers.map((controller) => guardedController(controller, guard)) };
}

function guardedPlacing(parts: PolicyParts, guard: Guard): PolicyParts {
  const { path } = guard;
  switch (parts?.architecture) {
    case 'monolithic':
      return { ...parts, scheduler: guardedScheduler(parts.scheduler, guard) };
    case 'two-level':
      check(
        typeof parts.scheduler === 'function',
        path,
        'build() must return a function that makes schedulers as scheduler',
      );
      for (const term of OFFER_TERMS)
        check(typeof parts.terms?.[term] === 'number', path, `build() must return a number terms.${term}`);
      return {
        ...parts,
        allocator: guardedAllocator(parts.allocator, guard),
        scheduler: guardedSchedulers(parts.scheduler, guard),
      };
    case 'shared-state':
      checkJobScheduling(parts, path);
      check(typeof parts.schedulersOf === 'function', path, 'build() must return a function schedulersOf');
      check(typeof parts.commit === 'object', path, 'build() must return an object commit');
      return { ...parts, scheduler: guardedSchedulers(parts.scheduler, guard) };
    case 'whole-cell-offers':
      checkJobScheduling(parts, path);
      check(typeof parts.terms === 'object', path, 'build() must return an object terms');
      return { ...parts, scheduler: guardedSchedulers(parts.scheduler, guard) };
    case 'sampling':
      check(
        parts.terms?.probes >= 1 && parts.terms.retry > 0,
        path,
        'build() must return terms.probes of at least 1 and terms.retry above 0',
      );
      return parts;
    default:
      throw new InputError(
        { file: path },
        `build() must return the parts of one of the architectures ${ARCHITECTURES.join(', ')}`,
      );
  }
}

const ARCHITECTURES: readonly PolicyParts['architecture'][] = [
  'monolithic',
  'two-level',
  'whole-cell-offers',
  'shared-state',
  'sampling',
];

function checkJobScheduling(parts: SharedStateParts | WholeCellParts, path: string): void {
  check(
    typeof parts.scheduler === 'function',
    path,
    'build() must return a function that makes schedulers as scheduler',
  );
  check(parts.retry?.after > 0, path, 'build() must return retry.after above 0');
}

type MakeScheduler = (framework: FrameworkId) => Scheduler;

function guardedSchedulers(make: MakeScheduler, guard: Guard): MakeScheduler {
  return (framework) =>
    guardedScheduler(
      called(guard, 'scheduler', Number.NaN, () => make(framework)),
      guard,
    );
}

const OFFER_TERMS = ['interval', 'hold', 'refuse', 'timeout'] as const;

function guardedScheduler(scheduler: Scheduler, guard: Guard): Scheduler {
  check(
    typeof scheduler?.schedule === 'function',
    guard.path,
    'must make a scheduler with a method schedule()',
  );
  return {
    name: scheduler.name,
    ...(scheduler.needs !== undefined && { needs: scheduler.needs }),
    ...(scheduler.isSteady === true && { isSteady: true as const }),
    ...(scheduler.begin !== undefined && {
      begin: (view) => called(guard, 'begin', view.now, () => scheduler.begin?.(view)),
    }),
    schedule: (view, act) => called(guard, 'schedule', view.now, () => scheduler.schedule(view, act)),
  };
}

function guardedAllocator(allocator: Allocator, guard: Guard): Allocator {
  check(
    typeof allocator?.allocate === 'function',
    guard.path,
    'must make an allocator with a method allocate()',
  );
  return {
    name: allocator.name,
    ...(allocator.needs !== undefined && { needs: allocator.needs }),
    ...(allocator.isSteady === true && { isSteady: true as const }),
    ...(allocator.begin !== undefined && {
      begin: (view) => called(guard, 'begin', view.now, () => allocator.begin?.(view)),
    }),
    ...(allocator.mayOffer !== undefined && {
      mayOffer: (framework, machine) =>
        called(guard, 'mayOffer', Number.NaN, () => allocator.mayOffer?.(framework, machine) ?? true),
    }),
    allocate: (view, offers) => called(guard, 'allocate', view.now, () => allocator.allocate(view, offers)),
  };
}

function guardedController(controller: Controller, guard: Guard): Controller {
  check(
    typeof controller?.control === 'function' && typeof controller.name === 'string',
    guard.path,
    'must make control loops with a name and a method control()',
  );
  return {
    name: controller.name,
    ...(controller.needs !== undefined && { needs: controller.needs }),
    begin: (view) => called(guard, 'begin', view.now, () => controller.begin?.(view)) ?? view.now,
    control: (view, act) => called(guard, 'control', view.now, () => controller.control(view, act)),
  };
}

function check(isGood: boolean, path: string, problem: string): void {
  if (!isGood) throw new InputError({ file: path }, problem);
}

/** `now` is the simulated time; NaN during the setup of the policy. */
function called<T>({ path, watch }: Guard, method: string, now: Micros, action: () => T): T {
  watch?.enter(now);
  try {
    const result = confined(path, action);
    if (isPromise(result)) {
      // Its rejection would be reported as a defect.
      result.then(undefined, () => {});
      throw new InputError({ file: path }, `${method}() returns a promise, but it must not be async`);
    }
    return result;
  } catch (error) {
    // An InputError already names the user's mistake. A LedgerError is a defect of Fairground, not of the policy.
    if (error instanceof InputError || error instanceof LedgerError) throw error;
    const line = lineIn(error as Error, path);
    const when = Number.isNaN(now) ? '' : ` at ${secondsText(now)} s`;
    throw new InputError(
      { file: path, ...(line !== undefined && { line }) },
      `${method}() failed${when}: ${(error as Error)?.message ?? error}`,
    );
  } finally {
    watch?.leave();
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** The line of the policy's source that threw the error. Source maps are on while a policy file is loaded. */
function lineIn(error: Error, path: string): number | undefined {
  const place = error?.stack?.split('\n').find((line) => line.includes(`${basename(path)}:`));
  const match = place === undefined ? null : /:(\d+):\d+\)?$/.exec(place);
  return match === null ? undefined : Number(match[1]);
}
