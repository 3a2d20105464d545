import { InputError, NONE, quote } from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import type { KnownJobs } from './jobs-of-instant.js';
import type { RowRecord, RowTable } from './row-table.js';
import type { RuleColumns } from './rule-columns.js';

/** The place of a line in its job. */
export type LineOfJob = 'first' | 'further';

/** Checks that the lines of a job are adjacent, and that they agree on the columns that hold for the job as a whole. */
export class JobLines {
  private readonly rules: RuleColumns;
  private readonly jobs: KnownJobs;
  private job: string | number = '';
  private framework = NONE;
  private submit = Number.NaN;
  private gang = 0;
  private rule = 0;
  private firstLine = 0;

  constructor(rules: RuleColumns, jobs: KnownJobs) {
    this.rules = rules;
    this.jobs = jobs;
  }

  /** Checks the current line of the table, which is this row. @throws InputError */
  check(batch: TaskBatch, row: number, table: RowTable): LineOfJob {
    const [job, framework, submit] = [batch.job[row], batch.framework[row], batch.submit[row]];
    if (job !== this.job || framework !== this.framework || submit !== this.submit) {
      if (!this.jobs.add(submit, framework === 0 ? job : `${framework}\n${job}`))
        throw standsApart(table.record());
      this.job = job;
      this.framework = framework;
      this.submit = submit;
      this.gang = batch.gang[row];
      this.rule = batch.rule[row];
      this.firstLine = table.scanner.line;
      return 'first';
    }
    if (batch.gang[row] !== this.gang) throw contradiction(table.record(), 'gang', this.firstLine);
    if (batch.rule[row] !== this.rule) {
      const column = this.rules.difference(this.rule, batch.rule[row]);
      throw contradiction(table.record(), column, this.firstLine);
    }
    return 'further';
  }
}

/** A line does not agree with the first line of its job on a column that holds for the job as a whole. */
export function contradiction(record: RowRecord, column: string, firstLine: number): InputError {
  const expected = `the value of line ${firstLine}, because it holds for the whole job ${quote(record.text('job_id'))}`;
  return InputError.expected(record.place(column), record.text(column), expected);
}

function standsApart(record: RowRecord): InputError {
  const expected = 'the lines of a job next to each other; a line of another job is between them';
  return InputError.expected(record.place('job_id'), record.text('job_id'), expected);
}
