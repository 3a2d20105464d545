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
  build(settings, context) {
    const cpus = context.space.dimensionOf('cpus');
    const spare = settings.number('spare');
    // A pure score reads only the machine's row and the task's class. The host caches it while neither changes.
    const placement = byScore({
      name: 'spare-cores',
      pure: true,
      score(table, machine, taskClass) {
        const row = machine * table.dims + cpus;
        const left = table.free[row] - table.classes.demand[taskClass * table.dims + cpus];
        const share = left / table.machines.capacity[row];
        return share >= spare ? -share : -2 - share;
      },
    });
    return {
      architecture: 'monolithic',
      scheduler: listScheduler({ name: 'spare-cores', placement, backfill: 'any' }),
    };
  },
};

export default policy;
