/** Jobs that a summary names. */
const MOST_NAMED = 20;

/** Counts jobs with one fate, and names the first of them with the reason. */
export class NamedJobs {
  jobs = 0;
  tasks = 0;
  readonly named: { readonly job: string; readonly reason: string }[] = [];

  /** `tasks`: how many tasks of the job share the fate. */
  add(job: string | number, tasks: number, reason: string): void {
    this.jobs++;
    this.tasks += tasks;
    if (this.named.length < MOST_NAMED) this.named.push({ job: String(job), reason });
  }
}
