import { RESOURCE_NAMES, resourceKind } from '../../model/index.js';

/**
 * What a field of a column holds. A `time` is seconds, as a number; a `duration` is a time or `forever`, which is infinity in a
 * Parquet file; a `flag` is 0 or 1 in a CSV file and a BOOLEAN in a Parquet file. `amounts` are a number, or a text of numbers over
 * time; a Parquet file has them as texts only if a row has such a text.
 */
export type ColumnType = 'text' | 'integer' | 'number' | 'amounts' | 'time' | 'duration' | 'flag';

/** A column of Fairground's own formats, CSV and Parquet. */
export interface TraceColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The unit of its numbers; left out if they have none. */
  readonly unit?: string;
  /** What an empty or missing field means; left out for a required column. */
  readonly fallback?: string;
  /** For the documentation and the schema. */
  readonly meaning: string;
}

/**
 * All columns of Fairground's own formats. The readers know the columns of this list, the writers take their types from it, and
 * `simulate schema trace` and docs/formats.md describe them.
 */
export const TRACE_COLUMNS: readonly TraceColumn[] = [
  { name: 'job_id', type: 'text', meaning: 'any text' },
  { name: 'submit', type: 'time', unit: 's', meaning: 'submission time' },
  { name: 'duration', type: 'duration', unit: 's', meaning: 'run time of a task, or `forever`' },
  ...RESOURCE_NAMES.map((name): TraceColumn => {
    const share = name === 'gpus' ? '; a share of one GPU is a fraction: 0.5' : '';
    return { ...amount(name), fallback: '0', meaning: `demand of a task${share}` };
  }),
  {
    name: 'gpu_count',
    type: 'integer',
    unit: 'GPUs',
    fallback: 'the fewest',
    meaning:
      'number of GPUs that share `gpus` equally: `gpus` 1 and `gpu_count` 2 is half of each of two GPUs',
  },
  { name: 'framework', type: 'text', fallback: '`default`', meaning: 'owner of the job' },
  { name: 'tasks', type: 'integer', fallback: '1', meaning: 'number of tasks' },
  {
    name: 'time_limit',
    type: 'time',
    unit: 's',
    fallback: 'none',
    meaning: 'the task is stopped after so long',
  },
  {
    name: 'runtime_estimate',
    type: 'time',
    unit: 's',
    fallback: 'the time limit',
    meaning: 'how long the user expects the task to run; policies plan with it',
  },
  {
    name: 'estimate',
    type: 'time',
    unit: 's',
    fallback: 'none',
    meaning: 'sets both of these; an error if one of them is given with another value',
  },
  {
    name: 'priority',
    type: 'integer',
    fallback: '0',
    meaning: 'higher is more important, for policies that use it',
  },
  {
    name: 'gang',
    type: 'flag',
    fallback: '0',
    meaning:
      'all tasks of the job start at one instant, and restart as a whole when one of them stops: 0 or 1',
  },
  {
    name: 'minimum',
    type: 'integer',
    fallback: 'all tasks',
    meaning:
      'of a gang: the smallest number of tasks with which it goes on when others are lost, from 1 to its number of tasks. Tasks that have finished are not missed. The lost tasks start again together when there is room. The first start needs all tasks',
  },
  {
    name: 'constraint',
    type: 'text',
    fallback: 'none',
    meaning:
      '`rack=r1|r2;zone!=a;cores>=8;ssd`: what a machine must satisfy, with the operators of section Constraints and preferences',
  },
  {
    name: 'spread',
    type: 'text',
    fallback: 'none',
    meaning:
      '`machine;rack<=3`: at most one task (or the given number) of the job per machine, or per value of an attribute',
  },
  {
    name: 'together',
    type: 'text',
    fallback: 'none',
    meaning: '`rack`: all tasks of the job share one value of the attribute',
  },
  {
    name: 'avoid',
    type: 'text',
    fallback: 'none',
    meaning: '`kafka|web`: never on one machine with tasks of these frameworks, whichever starts first',
  },
  {
    name: 'beside',
    type: 'text',
    fallback: 'none',
    meaning: '`kafka|web`: only on machines with a task of one of these frameworks',
  },
  {
    name: 'prefers',
    type: 'text',
    fallback: 'none',
    meaning:
      '`rack=r1|r2`, `machine=m7` or `10*rack=r1;ssd`: where its data is, or what else it prefers, with weights from 1 to 100. `localityWait` says how long a policy waits for it, `remoteSlowdown` how much slower it is elsewhere',
  },
  {
    name: 'user',
    type: 'text',
    fallback: 'unknown',
    meaning: 'who submitted the job; for policies that use it',
  },
  { name: 'group', type: 'text', fallback: 'unknown', meaning: 'the group of that user' },
  { name: 'queue', type: 'text', fallback: 'unknown', meaning: 'the queue of the job' },
  {
    name: 'labels',
    type: 'text',
    fallback: 'none',
    meaning: '`team=ads;tier=2`, for policies that use them',
  },
  {
    name: 'deadline',
    type: 'time',
    unit: 's',
    fallback: 'none',
    meaning: 'when the job should be done, on the clock of `submit`; for policies that use it',
  },
  { name: 'task', type: 'text', fallback: 'none', meaning: 'name of the tasks of this row in their job' },
  {
    name: 'after',
    type: 'text',
    fallback: 'none',
    meaning: '`map|sort`: the tasks of the job that must finish first',
  },
  { name: 'follows', type: 'text', fallback: 'none', meaning: 'the job above that must end first' },
  {
    name: 'think_time',
    type: 'time',
    unit: 's',
    fallback: '0',
    meaning: 'the time from that end to the submission',
  },
  {
    name: 'speed_class',
    type: 'text',
    fallback: 'none',
    meaning: 'the class of the tasks for the speeds of machines ([Speeds](#speeds))',
  },
  {
    name: 'fail_after',
    type: 'time',
    unit: 's',
    fallback: 'never',
    meaning: 'the first attempt fails after this time, if it has not finished by then, and starts again',
  },
  {
    name: 'attempts',
    type: 'text',
    unit: 's',
    fallback: 'none',
    meaning:
      '`600:failed|120:evicted`: how long each attempt before the last one ran, and how it ended: `failed`, `killed`, `evicted` or `lost`. Not beside `fail_after`',
  },
  {
    name: 'ended',
    type: 'text',
    fallback: '`finished`',
    meaning: 'how the last attempt ended, whose run time is `duration`: `finished` or an end of `attempts`',
  },
  ...RESOURCE_NAMES.map(
    (name): TraceColumn => ({
      ...amount(name),
      name: `used.${name}`,
      type: 'amounts',
      fallback: 'unknown',
      meaning: 'real use of a task: `0.5`, or over time: `0:0.5|600:1.2`',
    }),
  ),
];

function amount(resource: string): Pick<TraceColumn, 'name' | 'type' | 'unit'> {
  return { name: resource, type: 'number', unit: resourceKind(resource)?.unit ?? '' };
}
