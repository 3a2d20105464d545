import { TaskBatch, type Trace } from './trace.js';

/** The same trace with only the rows and applications of some frameworks. Frameworks keep their indices. */
export function onlyFrameworks(trace: Trace, names: ReadonlySet<string>): Trace {
  const isKept = (batch: TaskBatch, row: number) => names.has(trace.frameworks[batch.framework[row]].name);
  return {
    ...trace,
    frameworks: trace.frameworks,
    constraints: trace.constraints,
    curves: trace.curves,
    applications: (trace.applications ?? []).filter(({ instance }) =>
      names.has(trace.frameworks[instance.framework].name),
    ),
    batches: () => filtered(trace.batches(), isKept),
  };
}

async function* filtered(
  batches: AsyncIterable<TaskBatch> | Iterable<TaskBatch>,
  isKept: (batch: TaskBatch, row: number) => boolean,
): AsyncIterable<TaskBatch> {
  for await (const batch of batches) {
    const kept = new TaskBatch(batch.dims, Math.max(1, batch.length));
    for (let row = 0; row < batch.length; row++) if (isKept(batch, row)) copyRow(batch, row, kept);
    yield kept;
  }
}

function copyRow(from: TaskBatch, row: number, to: TaskBatch): void {
  const { dims } = from;
  to.push({
    job: from.job[row],
    framework: from.framework[row],
    submit: from.submit[row],
    tasks: from.tasks[row],
    demand: from.demand.subarray(row * dims, (row + 1) * dims),
    gpuCount: from.gpuCount[row],
    gpuMilliEach: from.gpuMilliEach[row],
    constraint: from.constraint[row],
    estimate: from.estimate[row],
    timeLimit: from.timeLimit[row],
    priority: from.priority[row],
    gang: from.gang[row] === 1,
    minimum: from.minimum?.[row] ?? 0,
    rule: from.rule[row],
    user: from.user[row],
    labels: from.labels[row],
    deadline: from.deadline[row],
    duration: from.duration[row],
    failAfter: from.failAfter[row],
    usage: from.usage.subarray(row * dims, (row + 1) * dims),
    curve: from.curve[row],
  });
}
