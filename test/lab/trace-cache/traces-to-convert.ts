import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FOREVER, type FrameworkSpec, type PlacementRule, ResourceSpace } from '../../../src/model/index.js';
import type { OpenTrace } from '../../../src/workloads/formats/format.js';
import { ReadMeter } from '../../../src/workloads/formats/text-file.js';
import { rowAt, TaskBatch, type TaskRow } from '../../../src/workloads/trace.js';
import { type RowSketch, rowsOf } from '../../traces-in-memory.js';

export const SPACE = new ResourceSpace(['cpus', 'mem', 'gpus']);

export const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-cache-'));

const text = fc.oneof(fc.constantFrom('a', 'b', 'ünï', '火', ''), fc.string({ unit: 'binary' }));
const name = fc.oneof(text, fc.nat());
const seconds = fc.oneof(fc.nat(1_000_000), fc.constant(FOREVER));
const share = fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), fc.constant(Number.NaN));
const usage = fc.array(share, { minLength: 3, maxLength: 3 });
const end = fc.constantFrom('failed' as const, 'killed' as const, 'evicted' as const, 'lost' as const);

/** A row with any of the facts that a row can have. */
const sketch: fc.Arbitrary<RowSketch> = fc.record(
  {
    job: name,
    framework: fc.nat(3),
    tasks: fc.integer({ min: 1, max: 9 }),
    needs: fc.record({ cpus: fc.nat(64), mem: fc.nat(4096) }),
    gpus: fc.nat(4),
    gpuShare: fc.constantFrom(0.5, 1),
    constraint: fc.nat(2),
    estimate: seconds,
    timeLimit: seconds,
    user: text,
    group: text,
    queue: text,
    labels: fc.dictionary(text, text, { maxKeys: 3 }),
    deadline: seconds,
    task: text,
    after: fc.array(text, { maxLength: 3 }),
    follows: name,
    thinkTime: fc.nat(1000),
    speedClass: text,
    priority: fc.integer(),
    gang: fc.boolean(),
    minimum: fc.nat(4),
    rule: fc.nat(2),
    runs: seconds,
    failsAfter: seconds,
    attempts: fc.array(fc.tuple(fc.nat(1000), end), { maxLength: 3 }),
    usage,
    profile: fc
      .array(fc.tuple(fc.nat(1000), usage), { minLength: 1, maxLength: 3 })
      .map((steps) => steps.map(([offset, used], i) => [i === 0 ? 0 : offset, used] as const)),
    curve: fc.nat(3),
  },
  { requiredKeys: ['job'] },
);

/** Rows in batches of any sizes, one of which may be empty. A row may have an end, too. */
export const batchesOfRows: fc.Arbitrary<TaskRow[][]> = fc.array(
  fc.array(
    fc
      .tuple(sketch, fc.option(end, { nil: undefined }))
      .map(([one, ended]) => ({ ...rowsOf(SPACE, [one])[0], ended })),
    { maxLength: 6 },
  ),
  { maxLength: 6 },
);

const RULE: PlacementRule = {
  spread: [{ attribute: 'rack', atMost: 2 }],
  together: ['zone'],
  avoid: ['kafka'],
  beside: [],
  prefers: [{ constraint: { attribute: 'ssd', operator: 'present' }, weight: 7 }],
};

/** A trace that adds frameworks, constraints, rules and counts with each batch, as the readers of files do. */
export function growingTrace(
  rows: readonly (readonly TaskRow[])[],
  changes: Partial<OpenTrace> = {},
): OpenTrace {
  const frameworks: FrameworkSpec[] = [];
  const constraints: OpenTrace['constraints'][number][] = [[]];
  const rules: (PlacementRule | undefined)[] = [undefined];
  const followed = new Set<string | number>();
  const dropped: Record<string, number> = {};
  const adjusted: Record<string, number> = {};
  const meter = new ReadMeter();
  async function* batches() {
    for (const row of rows.flat())
      if (row.dependencies?.follows !== undefined) followed.add(row.dependencies.follows);
    for (const [i, one] of rows.entries()) {
      frameworks.push({ name: `framework ${i}` });
      constraints.push([{ attribute: 'rack', operator: 'equal', values: [`r${i}`] }]);
      rules.push(RULE);
      if (i % 2 === 1) dropped['no run time'] = i;
      adjusted.rounded = i;
      Object.assign(meter, { read: i + 1, total: rows.length });
      const batch = new TaskBatch(SPACE.size, Math.max(1, one.length));
      for (const row of one) batch.push(row);
      yield batch;
    }
    dropped['at the end'] = 1;
  }
  return {
    space: SPACE,
    frameworks,
    constraints,
    rules,
    curves: [undefined],
    followed,
    dropped,
    adjusted,
    meter,
    batches,
    ...changes,
  };
}

/** What a run sees of a trace: at the start, with each batch, and at the end. It stops after `most` batches. */
export async function seenOf(trace: OpenTrace, most = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const seen: unknown[] = [];
  const look = (rows: readonly TaskRow[] | 'start' | 'end') =>
    seen.push(
      structuredClone({
        rows,
        frameworks: trace.frameworks,
        constraints: trace.constraints,
        rules: trace.rules,
        followed: rows === 'start' ? undefined : trace.followed,
        dropped: Object.entries(trace.dropped),
        adjusted: Object.entries(trace.adjusted),
        share: trace.meter.share,
      }),
    );
  look('start');
  let batches = 0;
  for await (const batch of trace.batches()) {
    look(Array.from({ length: batch.length }, (_, row) => plain(rowAt(batch, row))));
    if (++batches >= most) return seen;
  }
  look('end');
  return seen;
}

/** A row whose numbers are no views of shared memory. */
function plain(row: TaskRow): TaskRow {
  return { ...row, demand: [...Array.from(row.demand)], usage: Array.from(row.usage ?? []) };
}
