import { basename } from 'node:path';
import { type FrameworkId, InputError, LedgerError, type Micros, secondsText } from '../../model/index.js';
import type { Allocator, Scheduler } from '../../policies/contract.js';
import type { Policy, PolicyParts, SharedStateParts, WholeCellParts } from '../../policies/policy.js';
import type { DecisionWatch } from './decision-watch.js';

/** Where a policy came from, and who watches over its calls. */
interface Guard {
  readonly path: string;
  readonly watch: DecisionWatch | undefined;
}

/**
 * A policy from a file whose exceptions become one-line errors that name the file, the line and the simulated time, and whose
 * calls can be watched.
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

/** The types of a file of JavaScript were not checked: what it returns may be anything. */
function guardedParts(parts: PolicyParts, guard: Guard): PolicyParts {
  const { path } = guard;
  switch (parts?.architecture) {
    case 'monolithic':
      return { ...parts, scheduler: guardedScheduler(parts.scheduler, guard) };
    case 'two-level':
      check(typeof parts.scheduler === 'function', path, 'build() returns no function that makes schedulers');
      for (const term of OFFER_TERMS)
        check(typeof parts.terms?.[term] === 'number', path, `build() returns no terms.${term}`);
      return {
        ...parts,
        allocator: guardedAllocator(parts.allocator, guard),
        scheduler: guardedSchedulers(parts.scheduler, guard),
      };
    case 'shared-state':
      checkJobScheduling(parts, path);
      check(typeof parts.schedulersOf === 'function', path, 'build() returns no function schedulersOf');
      check(typeof parts.commit === 'object', path, 'build() returns no terms of commit');
      return { ...parts, scheduler: guardedSchedulers(parts.scheduler, guard) };
    case 'whole-cell-offers':
      checkJobScheduling(parts, path);
      check(typeof parts.terms === 'object', path, 'build() returns no terms of offers');
      return { ...parts, scheduler: guardedSchedulers(parts.scheduler, guard) };
    case 'sampling':
      check(parts.terms?.probes >= 1 && parts.terms.retry > 0, path, 'build() returns no terms of sampling');
      return parts;
    default:
      throw new InputError(
        { file: path },
        `build() returns no parts of one of the architectures ${ARCHITECTURES.join(', ')}`,
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
  check(typeof parts.scheduler === 'function', path, 'build() returns no function that makes schedulers');
  check(parts.retry?.after > 0, path, 'build() returns no retry.after above 0');
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
    'makes no scheduler, which has a method schedule()',
  );
  return {
    name: scheduler.name,
    schedule: (view, act) => called(guard, 'schedule', view.now, () => scheduler.schedule(view, act)),
  };
}

function guardedAllocator(allocator: Allocator, guard: Guard): Allocator {
  check(
    typeof allocator?.allocate === 'function',
    guard.path,
    'makes no allocator, which has a method allocate()',
  );
  return {
    name: allocator.name,
    allocate: (view, offers) => called(guard, 'allocate', view.now, () => allocator.allocate(view, offers)),
  };
}

function check(isGood: boolean, path: string, problem: string): void {
  if (!isGood) throw new InputError({ file: path }, problem);
}

/** `now` is the simulated time; NaN while the policy is set up. */
function called<T>({ path, watch }: Guard, method: string, now: Micros, action: () => T): T {
  watch?.enter(now);
  try {
    return action();
  } catch (error) {
    // What a person set wrongly is named already; a LedgerError is ours.
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

/** The line of the policy's source where it was thrown: source maps are on while a policy file is loaded. */
function lineIn(error: Error, path: string): number | undefined {
  const place = error?.stack?.split('\n').find((line) => line.includes(`${basename(path)}:`));
  const match = place === undefined ? null : /:(\d+):\d+\)?$/.exec(place);
  return match === null ? undefined : Number(match[1]);
}
