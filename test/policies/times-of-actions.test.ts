import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds } from '../../src/model/index.js';
import type { Allocator, PlacementSink, SchedulingView } from '../../src/policies/contract.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { CPUS_MEM_GPUS, listParts, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

/** No times: a policy of plain JavaScript may pass them. */
const WRONG = [
  0.25,
  fromSeconds(50) + 0.25,
  Number.NaN,
  '50000000',
  undefined,
  null,
  {},
  -1,
  -FOREVER,
] as never[];
const TERMS = { interval: fromSeconds(1), hold: FOREVER, refuse: 0, timeout: FOREVER };

function run(parts: PolicyParts) {
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, [{ cpus: 4, gpus: 0 }]),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, [{ tasks: 2, needs: { cpus: 1 }, runs: 9 }]), {
      frameworks: [{ name: 'a' }],
    }),
    parts,
    until: 20,
  });
}

function once(script: (view: SchedulingView, act: PlacementSink) => void) {
  let calls = 0;
  return {
    name: 'once',
    schedule: (view: SchedulingView, act: PlacementSink) => void (calls++ === 0 && script(view, act)),
  };
}

const refused = WRONG.map(() => 'in-the-past');

describe('a time that is no whole number of microseconds', () => {
  test.each(['monolithic', 'two-level'] as const)(
    'is refused in each action of a scheduler: %s',
    async (architecture) => {
      const seen: unknown[] = [];
      const scheduler = once((view, act) => {
        seen.push(WRONG.map((time) => act.wakeAt(time)));
        seen.push(WRONG.map((time) => act.promise(0, time)));
        seen.push(view.jobs.promised(0));
        act.start(0, 0);
        seen.push(WRONG.filter((time) => time !== undefined).map((grace) => act.kill(0, { grace })));
        const placing = { tasks: [1], machines: [0] };
        seen.push(
          WRONG.filter((time) => time !== undefined).map((grace) => act.preempt([0], 0, placing, grace)),
        );
        seen.push(WRONG.map((time) => act.decline(0, time)));
      });
      const offers = { allocator: listAllocator(), scheduler: () => scheduler, terms: TERMS };
      await run(architecture === 'monolithic' ? { architecture, scheduler } : { architecture, ...offers });
      const graces = refused.slice(1);
      expect(seen).toEqual([refused, refused, Number.NaN, graces, graces, refused]);
    },
  );

  test('is refused in each action of an allocator', async () => {
    const seen: unknown[] = [];
    const allocator: Allocator = {
      name: 'once',
      allocate(view, offers) {
        if (seen.length > 0 || view.candidateCount === 0) return;
        seen.push(WRONG.map((time) => offers.wakeAt(time)));
        const times = WRONG.filter((time) => time !== undefined);
        seen.push(times.map((until) => offers.offer(0, view.candidate(0), undefined, until)));
      },
    };
    await run({ architecture: 'two-level', allocator, scheduler: () => listParts().scheduler, terms: TERMS });
    expect(seen).toEqual([refused, refused.slice(1)]);
  });

  test('is never FOREVER, nor a time from now on', async () => {
    const seen: unknown[] = [];
    const scheduler = once((view, act) => {
      seen.push(act.wakeAt(view.now + 1), act.wakeAt(FOREVER), act.wakeAt(view.now));
      seen.push(act.promise(0, view.now), act.promise(0, FOREVER));
    });
    await run({ architecture: 'monolithic', scheduler });
    expect(seen).toEqual(['done', 'done', 'in-the-past', 'done', 'done']);
  });
});

/** Offers everything to framework 0. */
function listAllocator(): Allocator {
  return {
    name: 'everything',
    allocate(view, offers) {
      for (let i = view.candidateCount - 1; i >= 0; i--)
        if (view.wants(0)) offers.offer(0, view.candidate(i));
    },
  };
}
