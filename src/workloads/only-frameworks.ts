import { rowAt, TaskBatch, type TaskRow, type Trace } from './trace.js';

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
    batches: () => filtered(trace, isKept),
  };
}

async function* filtered(
  trace: Trace,
  isKept: (batch: TaskBatch, row: number) => boolean,
): AsyncIterable<TaskBatch> {
  const leftOut = new Set<string | number>();
  for await (const batch of trace.batches()) {
    const kept = new TaskBatch(batch.dims, Math.max(1, batch.length));
    for (let row = 0; row < batch.length; row++) {
      if (isKept(batch, row)) kept.push(withoutFollowing(rowAt(batch, row), leftOut));
      else if (trace.followed?.has(batch.job[row]) === true) leftOut.add(batch.job[row]);
    }
    yield kept;
  }
}

/** A job that follows one that is left out is submitted at its own time. */
function withoutFollowing(row: TaskRow, leftOut: ReadonlySet<string | number>): TaskRow {
  const { dependencies } = row;
  if (dependencies?.follows === undefined || !leftOut.has(dependencies.follows)) return row;
  const { task, after } = dependencies;
  return { ...row, dependencies: { task, after } };
}
