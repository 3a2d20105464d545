import { type Cluster, type JobId, type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { Placing, SchedulingView } from '../../policies/contract.js';
import { planningView } from '../../policies/hosting/scheduling-view.js';
import { GangSearch, type GreedyChoice } from '../../policies/planner/search.js';
import type { WorkerChoice } from './workers.js';

/** Finds places for a gang as a whole among the workers that it probes. The planner decides whether they have room. */
export class GangProbes {
  private readonly cluster: Cluster;
  private readonly workers: WorkerChoice;
  private readonly view: SchedulingView;
  private readonly search: GangSearch;
  /** The probed workers, in the order in which they were drawn. */
  private probed: readonly MachineId[] = [];
  /** Index of the first of them that may take a member, by task class: what a worker refused once, it refuses again. */
  private readonly next = new Map<number, number>();

  constructor(cluster: Cluster, workers: WorkerChoice) {
    this.cluster = cluster;
    this.workers = workers;
    this.view = planningView(cluster);
    const choice: GreedyChoice = { best: (task) => this.firstProbed(task) };
    this.search = new GangSearch(this.view, { choice });
  }

  /** Probes so many random workers. Where all members stand on them now; undefined if they do not, or the bound was reached. */
  place(job: JobId, members: readonly TaskId[], probes: number): Placing | undefined {
    this.probed = this.workers.drawFor(members, probes);
    this.next.clear();
    const isProbed = new Set(this.probed);
    this.view.whatIf.reset('now');
    const answer = this.search.place(job, members, (machine) => isProbed.has(machine));
    return answer.answer === 'yes' ? answer.placing : undefined;
  }

  private firstProbed(task: TaskId): MachineId {
    const { probed, next, view } = this;
    const taskClass = this.cluster.tasks.taskClass[task];
    let at = next.get(taskClass) ?? 0;
    while (at < probed.length && view.whatIf.machines.whyNot(task, probed[at]) !== 'done') at++;
    next.set(taskClass, at);
    return at < probed.length ? probed[at] : NONE;
  }
}
