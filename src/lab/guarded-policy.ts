import { basename } from 'node:path';
import { InputError, LedgerError, secondsText } from '../model/index.js';
import type { Allocator, Scheduler } from '../policies/contract.js';
import type { Policy, PolicyParts } from '../policies/policy.js';

/** A policy from a file whose exceptions become one-line errors that name the file, the line and the simulated time. */
export function guardedPolicy(policy: Policy, path: string): Policy {
  return {
    ...policy,
    build: (settings, context) =>
      guardedParts(
        caught(path, 'build', undefined, () => policy.build(settings, context)),
        path,
      ),
  };
}

/** The types of a file of JavaScript were not checked: what it returns may be anything. */
function guardedParts(parts: PolicyParts, path: string): PolicyParts {
  switch (parts?.architecture) {
    case 'monolithic':
      return { ...parts, scheduler: guardedScheduler(parts.scheduler, path) };
    case 'two-level':
      check(typeof parts.scheduler === 'function', path, 'build() returns no function that makes schedulers');
      for (const term of OFFER_TERMS)
        check(typeof parts.terms?.[term] === 'number', path, `build() returns no terms.${term}`);
      return {
        ...parts,
        allocator: guardedAllocator(parts.allocator, path),
        scheduler: (framework) =>
          guardedScheduler(
            caught(path, 'scheduler', undefined, () => parts.scheduler(framework)),
            path,
          ),
      };
    default:
      throw new InputError(
        { file: path },
        'build() returns no parts of the architecture "monolithic" or "two-level"',
      );
  }
}

const OFFER_TERMS = ['interval', 'hold', 'refuse', 'timeout'] as const;

function guardedScheduler(scheduler: Scheduler, path: string): Scheduler {
  check(typeof scheduler?.schedule === 'function', path, 'makes no scheduler, which has a method schedule()');
  return {
    name: scheduler.name,
    schedule: (view, act) => caught(path, 'schedule', view.now, () => scheduler.schedule(view, act)),
  };
}

function guardedAllocator(allocator: Allocator, path: string): Allocator {
  check(typeof allocator?.allocate === 'function', path, 'makes no allocator, which has a method allocate()');
  return {
    name: allocator.name,
    allocate: (view, offers) => caught(path, 'allocate', view.now, () => allocator.allocate(view, offers)),
  };
}

function check(isGood: boolean, path: string, problem: string): void {
  if (!isGood) throw new InputError({ file: path }, problem);
}

function caught<T>(path: string, method: string, now: number | undefined, action: () => T): T {
  try {
    return action();
  } catch (error) {
    // What a person set wrongly is named already; a LedgerError is ours.
    if (error instanceof InputError || error instanceof LedgerError) throw error;
    const line = lineIn(error as Error, path);
    const when = now === undefined ? '' : ` at ${secondsText(now)} s`;
    throw new InputError(
      { file: path, ...(line !== undefined && { line }) },
      `${method}() failed${when}: ${(error as Error)?.message ?? error}`,
    );
  }
}

/** The line of the policy's source where it was thrown: source maps are on while a policy file is loaded. */
function lineIn(error: Error, path: string): number | undefined {
  const place = error?.stack?.split('\n').find((line) => line.includes(`${basename(path)}:`));
  const match = place === undefined ? null : /:(\d+):\d+\)?$/.exec(place);
  return match === null ? undefined : Number(match[1]);
}
