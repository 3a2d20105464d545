import type { JobId, SchedulingView, TaskId } from '../contract.js';
import { inWords } from './impossible.js';
import { GangSearch } from './search.js';

/** Answers kept at one time. Workloads with more kinds of jobs start anew. */
const MOST_KEPT = 100_000;

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

  /** Only this object may use `view.whatIf`: it stays empty between questions. */
  constructor(view: SchedulingView) {
    this.view = view;
    this.search = new GangSearch(view, {
      choice: { best: (task) => view.whatIf.machines.firstFit(task) },
      isRelaxed: true,
    });
  }

  /** Why these pending members of the job can never stand together, in words; undefined without a proof. */
  whyNever(job: JobId, members: readonly TaskId[], key: string): string | undefined {
    const { whatIf } = this.view;
    if (this.machines !== whatIf.machines.count || this.known.size >= MOST_KEPT) {
      this.known.clear();
      whatIf.reset('empty');
      this.machines = whatIf.machines.count;
    }
    if (!this.known.has(key)) {
      const answer = this.search.place(job, members);
      this.known.set(key, answer.answer === 'no' ? inWords(answer.reason, whatIf.machines) : undefined);
    }
    return this.known.get(key);
  }
}
