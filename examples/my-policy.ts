import { NONE, type Scheduler } from 'fairground/policies';

/**
 * The better of two: for each waiting task, two random machines are compared, and the one with more free CPU gets the task.
 *
 * A policy file exports a function that makes a new scheduler for each run, or a whole Policy with parameters (see
 * docs/writing-policies.md). Compare it with a built-in policy: `npx simulate --policy ./examples/my-policy.ts,bin-packing`.
 *
 * Known limits: gangs never start, because it starts tasks one by one.
 * Source: Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 12 (10), 2001.
 */
export default function betterOfTwo(): Scheduler {
  return {
    name: 'better-of-two',
    schedule(view, act) {
      const { machines, queue } = view;
      const cpus = view.space.dimension('cpus');
      // Random numbers come from the run's seed, so a repeated run gives the same bytes.
      const draw = () => Math.floor(view.random() * machines.count);

      let next = NONE;
      for (let task = queue.first; task !== NONE; task = next) {
        // A started task leaves the queue, so read its successor first.
        next = queue.next(task);
        const [a, b] = [draw(), draw()].filter((machine) => machines.whyNot(task, machine) === 'done');
        if (a === undefined) continue;
        const isBetter = b !== undefined && machines.free(b, cpus) > machines.free(a, cpus);
        act.start(task, isBetter ? b : a);
      }
    },
  };
}
