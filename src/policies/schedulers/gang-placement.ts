import type {
  DeviceMask,
  JobId,
  MachineId,
  PlacementSink,
  Placing,
  SchedulingView,
  TaskId,
} from '../contract.js';
import { GangSearch, type SearchFilter } from '../planner/search.js';

/** How the policy chooses the machines of gang members, in the room as it would be. */
export interface MemberChoice {
  chooseWhatIf(view: SchedulingView, act: PlacementSink, task: TaskId): MachineId;
  devicesWhatIf(task: TaskId, machine: MachineId): DeviceMask | undefined;
  /** The filters of the policy as one; undefined without filters. */
  filter(view: SchedulingView): SearchFilter | undefined;
  /** Does the policy keep this task waiting for its preferred machines? */
  waitsForData(view: SchedulingView, task: TaskId): boolean;
  /** Has its job waited long enough, now that the task could start away from its data? If not, the scheduler is called again. */
  mayStartAway(view: SchedulingView, act: PlacementSink, task: TaskId): boolean;
}

/**
 * Where gangs can start now, as a whole. Members are placed one after another by the placement of the policy. If this finds
 * no room for one of them, the planner searches.
 */
export class GangPlacement {
  private readonly choice: MemberChoice;
  private search: GangSearch | undefined;
  private act: PlacementSink | undefined;

  constructor(choice: MemberChoice) {
    this.choice = choice;
  }

  /** Places all of these members of the job, or none. Changes `view.whatIf`. */
  place(
    view: SchedulingView,
    act: PlacementSink,
    job: JobId,
    members: readonly TaskId[],
  ): Placing | undefined {
    this.act = act;
    view.whatIf.reset('now');
    const { choice } = this;
    const passes = choice.filter(view);
    if (!choice.waitsForData(view, members[0])) return this.find(view, job, members, passes);
    const near = (machine: MachineId, task: TaskId) =>
      view.rules.prefers(task, machine) && passes?.(machine, task) !== false;
    const local = this.find(view, job, members, near);
    if (local !== undefined) return local;
    const anywhere = this.find(view, job, members, passes);
    return anywhere !== undefined && choice.mayStartAway(view, act, members[0]) ? anywhere : undefined;
  }

  private find(
    view: SchedulingView,
    job: JobId,
    members: readonly TaskId[],
    where: SearchFilter | undefined,
  ): Placing | undefined {
    const answer = this.searchOf(view).place(job, members, where);
    return answer.answer === 'yes' ? answer.placing : undefined;
  }

  private searchOf(view: SchedulingView): GangSearch {
    this.search ??= searchByChoice(view, this.choice, () => this.act as PlacementSink);
    return this.search;
  }
}

/** A search that tries the machines of the policy's choice first. `act` gives the actions of the present call. */
export function searchByChoice(
  view: SchedulingView,
  choice: MemberChoice,
  act: () => PlacementSink,
): GangSearch {
  return new GangSearch(view, {
    choice: {
      best: (task) => choice.chooseWhatIf(view, act(), task),
      devices: (task, machine) => choice.devicesWhatIf(task, machine),
    },
  });
}
