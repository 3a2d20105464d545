import { byScore, listScheduler, type PolicyFile } from 'fairground/policies';

/**
 * Say in one sentence what spare-cores does. Then the idea, and why it should work.
 *
 * Complexity: of one decision. Ties: machines by lowest rank. Known limits: what it does not know.
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
      about: 'Share of its cores that a machine should keep free.',
    },
  ],
  build(settings, context) {
    const cpus = context.space.dimensionOf('cpus');
    const spare = settings.number('spare');
    // A pure score reads the machine's row and the task's class, so that it can be kept while neither changes.
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
