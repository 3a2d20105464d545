import type { FrameworkSpec, MachineSpec, ParameterValues, ResourceSpace } from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import type { Format, OpenTrace } from './format.js';
import { distinctJobs } from './jobs-of-instant.js';
import { frameworksInOrder, sortedBatches } from './submission-order.js';
import { isHeaderLine, poolOf } from './swf-header.js';
import { FIELDS, isPart, PRECEDING, STATUS, SUBMIT, SwfReader } from './swf-reader.js';
import { SPANS, widened, widestTask } from './swf-span.js';
import { readLines } from './text-file.js';
import { Words } from './words.js';

/**
 * Standard Workload Format of the Parallel Workloads Archive: one job per line, 18 numbers, -1 for unknown, comments
 * and header after `;` (Feitelson, "The Standard Workload Format"). The machines of a log are one pool with the
 * MaxProcs processors of its header.
 *
 * Rules (docs/formats.md): processors are the allocated ones, or the requested ones if those are unknown. A job without
 * submit time, processors or run time is dropped and counted. The estimate is the requested time, or the run time if
 * that is unknown. A job that runs longer than its estimate is stopped there. Columns beyond the 18th are ignored.
 */
export const swf: Format = {
  name: 'swf',
  about: 'Standard Workload Format of the Parallel Workloads Archive, also .gz',
  parameters: [
    {
      kind: 'choice',
      name: 'framework',
      default: 'one',
      choices: ['one', 'user', 'group', 'queue', 'partition'],
      about: 'Framework of a job: one for all jobs, or one per user, group, queue or partition of the log.',
    },
    {
      kind: 'choice',
      name: 'damaged',
      default: 'error',
      choices: ['error', 'drop'],
      about: 'A job with a negative number other than -1 is an error, or is dropped and counted.',
    },
    {
      kind: 'choice',
      name: 'span',
      default: 'auto',
      choices: [...SPANS],
      about:
        'Tasks of a job of n processors: pool: one task; cores: a gang of n tasks of one core; nodes: a gang of tasks as wide as the widest machine; auto: pool on one machine, cores on several.',
    },
    {
      kind: 'choice',
      name: 'partial',
      default: 'whole',
      choices: ['whole', 'parts'],
      about:
        'A job that was stopped and continued: run it as a whole and drop its partial executions (status 2, 3, 4), or run these one after another.',
    },
    {
      kind: 'choice',
      name: 'preceding',
      default: 'wait',
      choices: ['wait', 'ignore'],
      about:
        'A job with a preceding job (field 17) is submitted after the end of that job and the think time (field 18), or at its own submit time.',
    },
  ],
  recognizes: (path, head) =>
    /\.swf(\.gz)?$/.test(path) || head.some((line) => isHeaderLine(line)) || beginsWithJob(head),
  describeCluster: poolOf,
  useOfMachines: (space, settings, machines) => String(widestTask(settings.text('span'), space, machines)),
  open,
};

/** Whether the first line that is no comment has the numbers of a job. */
function beginsWithJob(head: readonly string[]): boolean {
  const words = new Words();
  for (const line of head) {
    words.read(line);
    if (words.count === 0 || words.startsWith(';')) continue;
    return words.count >= FIELDS.length && FIELDS.every((_, field) => Number.isFinite(words.number(field)));
  }
  return false;
}

function open(
  path: string,
  space: ResourceSpace,
  settings: ParameterValues,
  machines?: readonly MachineSpec[],
): OpenTrace {
  const width = widestTask(settings.text('span'), space, machines);
  const newReader = () => new SwfReader(path, space, settings, Number.isFinite(width) ? 'per-core' : 'one');
  const reader = newReader();
  const { adjustments } = reader;
  const frameworks: FrameworkSpec[] = [];
  const jobs = () => distinctJobs(inOrder(path, reader, frameworks, newReader), adjustments);
  return {
    space,
    frameworks,
    followed: reader.followed,
    constraints: [[]],
    curves: [undefined],
    dropped: reader.dropped,
    adjusted: adjustments.counts,
    censored: reader.censored,
    meter: reader.meter,
    batches: () => (width > 1 && Number.isFinite(width) ? widened(jobs(), width, space) : jobs()),
  };
}

async function* inOrder(
  path: string,
  reader: SwfReader,
  frameworks: FrameworkSpec[],
  newReader: () => SwfReader,
): AsyncGenerator<TaskBatch> {
  const { isSorted, preceding, jobs } = await lookThrough(path);
  // The first job of a log follows none, so one value in all lines is a filler.
  reader.follow(preceding, preceding.size === 1 && jobs > 1 ? 'filler' : 'meant');
  const isInOrder = isSorted && !reader.runsParts;
  if (!isInOrder) await reader.lookUpAll(newReader());
  const batches = isInOrder ? reader.batches() : sortedBatches(reader.batches(), reader.adjustments);
  yield* frameworksInOrder(batches, reader.frameworks, frameworks);
}

/** What is known of a log before its jobs are read. */
interface LogFacts {
  /** Whether the jobs are in order of submission. */
  readonly isSorted: boolean;
  /** The values of the field of the preceding job. */
  readonly preceding: ReadonlySet<number>;
  readonly jobs: number;
}

/** Looks through a log. Invalid lines are left to the reader. */
async function lookThrough(path: string): Promise<LogFacts> {
  const words = new Words();
  const preceding = new Set<number>();
  let isSorted = true;
  let jobs = 0;
  let last = 0;
  for await (const { lines } of readLines(path)) {
    for (const line of lines) {
      words.read(line);
      if (words.count < FIELDS.length || words.startsWith(';')) continue;
      jobs++;
      preceding.add(words.number(PRECEDING));
      if (isPart(words.number(STATUS))) continue;
      const submit = words.number(SUBMIT);
      if (submit >= 0 && submit < last) isSorted = false;
      if (submit > last) last = submit;
    }
  }
  return { isSorted, preceding, jobs };
}
