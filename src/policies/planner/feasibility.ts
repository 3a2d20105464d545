import { type JobId, type MachineId, NONE, type SchedulingView, type TaskId } from '../contract.js';
import type { Impossible } from './impossible.js';
import { GangSearch } from './search.js';

/** Answers kept at one time. Workloads with more kinds of jobs start anew. */
const MOST_KEPT = 100_000;

/** Terms of a question. */
export interface FeasibilityTerms {
  /** The machines that the job may ever use; undefined for all. */
  readonly mine: ((machine: MachineId) => boolean) | undefined;
  readonly words: (reason: Impossible) => string;
}

/**
 * Finds jobs that can never run. The proof is on a relaxation: all machines in any state are up and empty, and no rule about
 * tasks of other jobs holds. What stands at any time, stands there. A search that reaches its bound proves nothing.
 *
 * An answer is kept per set of members and rule, until machines join.
 */
export class Feasibility {
  private readonly view: SchedulingView;
  private readonly search: GangSearch;
  private readonly known = new Map<string, string | undefined>();
  private machines = -1;
  private mine: FeasibilityTerms['mine'];

  /** Only this object may use `view.whatIf`: it stays empty between questions. */
  constructor(view: SchedulingView) {
    this.view = view;
    this.search = new GangSearch(view, {
      choice: { best: (task) => this.firstOfMine(task) },
      isRelaxed: true,
    });
  }

  /**
   * Why these pending members of the job can never stand together, in words; undefined without a proof. Jobs with one key have
   * equal members, rules and machines.
   */
  whyNever(
    job: JobId,
    members: readonly TaskId[],
    key: string,
    { mine, words }: FeasibilityTerms,
  ): string | undefined {
    const { whatIf } = this.view;
    if (this.machines !== whatIf.machines.count || this.known.size >= MOST_KEPT) {
      this.known.clear();
      whatIf.reset('empty');
      this.machines = whatIf.machines.count;
    }
    if (!this.known.has(key)) {
      this.mine = mine;
      const answer = this.search.place(job, members, mine);
      this.known.set(key, answer.answer === 'no' ? words(answer.reason) : undefined);
    }
    return this.known.get(key);
  }

  private firstOfMine(task: TaskId): MachineId {
    const { machines } = this.view.whatIf;
    let machine = machines.firstFit(task);
    while (machine !== NONE && this.mine?.(machine) === false) machine = machines.firstFit(task, machine + 1);
    return machine;
  }
}
