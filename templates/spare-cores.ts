import { byScore, listScheduler, type PolicyFile } from 'fairground/policies';

/**
 * Describe spare-cores in one sentence. Then explain the idea and why it should work.
 *
 * Complexity: of one decision. Ties: machines by lowest rank. Known limits: inputs that the policy ignores.
 * Source: paper, section; or "own".
 */
const policy: PolicyFile = {
  name: 'spare-cores',
  parameters: [
    {
      kind: 'number',
      name: 'spare',
      default: 0.1,
      min: 0,
      max: 1,
      about: 'Share of the cores of each machine to keep free.',
    },
  ],
  build(settings) {
    const spare = settings.number('spare');
    // The host keeps a value until what the score reads has changed. `reads: []`: only the machine and the class of the task.
    const placement = byScore({
      name: 'spare-cores',
      reads: [],
      make(see) {
        const cpus = see.space.dimension('cpus');
        return (machine, taskClass) => {
          const left = see.free(machine, cpus) - see.demand(taskClass, cpus);
          const share = left / see.capacity(machine, cpus);
          return share >= spare ? -share : -2 - share;
        };
      },
    });
    return {
      architecture: 'monolithic',
      scheduler: listScheduler({ name: 'spare-cores', placement, backfill: 'any' }),
    };
  },
};

export default policy;
