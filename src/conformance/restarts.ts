import type { Micros, Random } from '../policies/contract.js';
import type { Controller } from '../policies/contract-control.js';
import type { PolicyParts } from '../policies/policy.js';
import type { DecisionRecord } from './decision-record.js';
import { allocatorFrame, frameOf, wrappedParts } from './policy-parts.js';

/** Name of the check that a restart loses no state. */
export const SURVIVES_RESTART =
  'a restarted policy decides the same: state between calls is rebuilt by begin, or kept by remember';

/** One call in three follows a restart, so that state of any lifetime is lost somewhere. */
const RESTART_SHARE = 1 / 3;

/** When a policy is restarted, and where that is noted. */
export interface Restarts {
  /** Draws the calls that follow a restart. Its stream is not that of the policy. */
  readonly random: Random;
  /** The host says so when it discards the policy. */
  restarted(now: Micros): void;
}

/**
 * The same policy, whose schedulers, allocator and control loops are discarded between calls and built anew. The host goes on: what the policy
 * remembers, its random stream and its wishes to be called stay. `build` makes all parts once more.
 */
export function restartingParts(
  parts: PolicyParts,
  build: () => PolicyParts,
  restarts: Restarts,
): PolicyParts {
  return wrappedParts(parts, {
    scheduler(first, pick) {
      const current = restarting(first, () => pick(build()), restarts);
      return {
        ...frameOf(first),
        begin: (view) => current.begin(() => first.begin?.(view)),
        schedule(view, act) {
          current.renew(view.now, (scheduler) => scheduler.begin?.(view));
          current.part.schedule(view, act);
        },
      };
    },
    allocator(first, pick) {
      const current = restarting(first, () => pick(build()), restarts);
      return {
        ...allocatorFrame(first),
        begin: (view) => current.begin(() => first.begin?.(view)),
        allocate(view, offers) {
          current.renew(view.now, (allocator) => allocator.begin?.(view));
          current.part.allocate(view, offers);
        },
      };
    },
    controller: (first, pick) => restartingController(first, () => pick(build()), restarts),
  });
}

/** The same control loop, discarded between calls and built anew. The time of its next call stays. */
export function restartingController(
  first: Controller,
  build: () => Controller,
  restarts: Restarts,
): Controller {
  const current = restarting(first, build, restarts);
  return {
    ...frameOf(first),
    begin: (view) => current.begin(() => first.begin?.(view) ?? view.now),
    control(view, act) {
      current.renew(view.now, (controller) => controller.begin?.(view));
      current.part.control(view, act);
    },
  };
}

function restarting<Part extends { readonly name: string }>(
  first: Part,
  build: () => Part,
  { random, restarted }: Restarts,
) {
  let hasRun = false;
  const current = {
    part: first,
    begin: <T>(action: () => T): T => action(),
    renew(now: Micros, begin: (part: Part) => void): void {
      // A restart before the first call is the start of the host.
      if (hasRun && random() < RESTART_SHARE) {
        restarted(now);
        current.part = build();
        begin(current.part);
      }
      hasRun = true;
    },
  };
  return current;
}

/** Says where the decisions of a run with restarts first differ from those without; undefined if they are equal. */
export function restartProblem(plain: DecisionRecord, restarted: DecisionRecord): string | undefined {
  const one = plain.decisions;
  const other = restarted.decisions;
  const length = Math.max(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] === other[i]) continue;
    const restart = restarted.restarts.findLast(({ before }) => before <= i);
    const again = restart === undefined ? 'in a second run' : `restarted at ${restart.at}`;
    return `without a restart it decides ${quoted(one[i])}; ${again}, it decides ${quoted(other[i])}`;
  }
  return undefined;
}

function quoted(decision: string | undefined): string {
  return decision === undefined ? 'nothing more' : `"${decision}"`;
}
