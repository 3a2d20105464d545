import { simulatedHost } from '../../src/conformance/simulated-host.js';
import type { Promises, Settings, Subject, WorkConservation } from '../../src/conformance/subject.js';
import { FOREVER, type FrameworkId, type MachineId } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { silosAllocator } from '../../src/policies/allocators/silos.js';
import type { Scheduler } from '../../src/policies/contract.js';
import { PLACEMENTS, placementNamed } from '../../src/policies/placement/index.js';
import type { PolicyContext, PolicyParts } from '../../src/policies/policy.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { conformance } from './conformance.js';

const SECOND = 1_000_000;

/** Every placement with every rule of backfilling: the level-two schedulers there are. */
const SCHEDULERS: readonly Settings[] = PLACEMENTS.flatMap(({ name }) =>
  ['none', 'any', 'easy'].map((backfill) => ({ placement: name, backfill })),
);

function schedulerOf(settings: Settings): Scheduler {
  return listScheduler({
    name: 'part',
    placement: placementNamed(String(settings.placement)),
    backfill: settings.backfill === 'easy' ? { rule: 'easy' } : (settings.backfill as 'none' | 'any'),
  });
}

interface ArchitectureTerms {
  /** Do the schedulers see the whole cluster and one queue? */
  readonly isWhole?: boolean;
  readonly mayUse?: (context: PolicyContext) => Promises['mayUse'] & {};
}

/** The same schedulers, put into an architecture. */
function inArchitecture(
  name: string,
  build: (settings: Settings, context: PolicyContext) => PolicyParts,
  promise: (context: PolicyContext) => Omit<WorkConservation, 'of'>,
  { isWhole = false, mayUse }: ArchitectureTerms = {},
): Subject {
  return {
    name,
    settings: SCHEDULERS,
    build,
    promises: (settings, context) => ({
      noRefusals: true,
      servesAnyJob: true,
      workConservation: {
        of: settings.backfill === 'any' ? 'every task' : 'the head of the queue',
        ...promise(context),
      },
      ...(mayUse !== undefined && { mayUse: mayUse(context) }),
      ...(isWhole && settings.backfill !== 'any' && { headIsNotDelayed: 'always' }),
    }),
  };
}

/** Machines in turn to each framework, whatever it asks for. */
function ownerOf(machine: MachineId, context: PolicyContext): FrameworkId {
  return machine % context.frameworks.length;
}

const monolithic = inArchitecture(
  'every list scheduler over the whole cluster',
  (settings) => ({ architecture: 'monolithic', scheduler: schedulerOf(settings) }),
  () => ({ queues: 'one', within: 0 }),
  { isWhole: true },
);

const underDrf = inArchitecture(
  'every list scheduler under DRF offers',
  (settings) => ({
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }, { mem: 32 }] }),
    scheduler: () => schedulerOf(settings),
    terms: { interval: SECOND, hold: 0, refuse: 5 * SECOND, timeout: FOREVER },
  }),
  // Refusal, rounds, and the nap of a framework whose gang found too little.
  ({ frameworks }) => ({ queues: 'per framework', within: (7 + frameworks.length + 17) * SECOND }),
);

const inSilos = inArchitecture(
  'every list scheduler in a silo',
  (settings, context) => ({
    architecture: 'two-level',
    allocator: silosAllocator(context.machines.map((_, machine) => ownerOf(machine, context))),
    scheduler: () => schedulerOf(settings),
    terms: { interval: 0, hold: FOREVER, refuse: 0, timeout: FOREVER },
  }),
  () => ({ queues: 'per framework', within: 0 }),
  { mayUse: (context) => (framework, machine) => ownerOf(machine, context) === framework },
);

for (const subject of [monolithic, underDrf, inSilos]) conformance(subject, simulatedHost, { runs: 100 });
