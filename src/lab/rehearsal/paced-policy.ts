import { hostedScheduler } from '../../live/framework/hosted-scheduler.js';
import type { Scheduler, SchedulingView } from '../../policies/contract.js';
import type { Policy } from '../../policies/policy.js';
import type { LoggedPass } from './rehearsal-log.js';

/**
 * The scheduler of a policy as a policy that decides at given times only: those of the calls in a real run. With the submissions
 * and run times of that run, a simulation leads the scheduler to the same states, so its decisions do not depend on delays.
 */
export function pacedPolicy(policy: Policy, passes: readonly LoggedPass[]): Policy {
  return {
    ...policy,
    build: (settings, context) => {
      const scheduler = hostedScheduler(policy.name, policy.build(settings, context), { memory: true });
      return { architecture: 'monolithic', scheduler: pacedScheduler(scheduler, passes) };
    },
  };
}

function pacedScheduler(scheduler: Scheduler, passes: readonly LoggedPass[]): Scheduler {
  let next = 0;
  let ended = 0;
  let paced: SchedulingView | undefined;
  return {
    name: scheduler.name,
    ...(scheduler.needs !== undefined && { needs: scheduler.needs }),
    schedule(view, act) {
      ended += view.endedSince;
      while (next < passes.length && passes[next].at < view.now) next++;
      if (next < passes.length && passes[next].at === view.now) {
        if (paced === undefined) {
          paced = withEnded(view, () => ended);
          scheduler.begin?.(paced);
        }
        const drained = passes[next].hidden.filter((machine) => act.drain(machine) === 'done');
        scheduler.schedule(paced, act);
        for (const machine of drained) act.undrain(machine);
        ended = 0;
        next++;
      }
      if (next < passes.length) act.wakeAt(passes[next].at);
    },
  };
}

/** The view with another `endedSince`. Its other members are those of the view, which are bound to it. */
function withEnded(view: SchedulingView, ended: () => number): SchedulingView {
  return new Proxy({} as SchedulingView, {
    get(_, key) {
      if (key === 'endedSince') return ended();
      const value: unknown = Reflect.get(view, key);
      return typeof value === 'function' ? value.bind(view) : value;
    },
    has: (_, key) => key in view,
  });
}
