import { type Cluster, type FreeTable, NONE, type TaskId } from '../../model/index.js';
import type { SchedulingView } from '../../policies/contract.js';
import { planningView } from '../../policies/hosting/scheduling-view.js';

/** Counts how many tasks of a gang have room at one time, each on the first machine that fits. */
export class GangRoom {
  private readonly cluster: Cluster;
  private view: SchedulingView | undefined;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** In the free room of the ledger, under all rules. */
  free(members: readonly TaskId[]): number {
    this.view ??= planningView(this.cluster);
    const { whatIf } = this.view;
    whatIf.reset('now');
    return members.filter((task) => {
      const machine = whatIf.machines.firstFit(task);
      return machine !== NONE && whatIf.put(task, machine) === 'done';
    }).length;
  }

  /**
   * In what is free and what is offered in these tables. No table has both, so amounts are added. Rules count the tasks that run, not
   * the other members, and GPU devices are not told apart.
   */
  freeAndOffered(members: readonly TaskId[], offers: readonly FreeTable[]): number {
    const { free, machines, classes, constraints, rules, tasks } = this.cluster;
    const { dims } = classes;
    const left = Float64Array.from(free.free);
    for (const table of offers)
      for (let place = 0; place < table.count * dims; place++) left[place] += table.free[place];
    const take = (task: TaskId) => {
      const taskClass = tasks.taskClass[task];
      for (let machine = 0; machine < machines.count; machine++) {
        const fits = (d: number): boolean =>
          d === dims || (left[machine * dims + d] >= classes.demand[taskClass * dims + d] && fits(d + 1));
        if (!machines.isUp(machine) || !fits(0)) continue;
        if (!constraints.allows(classes.constraint[taskClass], machine) || !rules.allows(task, machine))
          continue;
        for (let d = 0; d < dims; d++) left[machine * dims + d] -= classes.demand[taskClass * dims + d];
        return true;
      }
      return false;
    };
    return members.filter(take).length;
  }
}
