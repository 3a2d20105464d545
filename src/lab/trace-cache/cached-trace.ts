import { rmSync } from 'node:fs';
import { deserialize } from 'node:v8';
import type { OpenTrace } from '../../workloads/formats/format.js';
import type { TaskBatch } from '../../workloads/trace.js';
import { batchOf } from './batch-bytes.js';
import { type CachedRecord, recordsIn, recordsOfFile } from './records.js';
import type { TraceForm } from './trace-form.js';
import { GrownTrace, type Growth, GrowthWatch, isRowsAlone } from './trace-growth.js';

/**
 * A trace whose rows come from its converted form, batch by batch as its reader delivers them. Where the form is absent, damaged or ends
 * before the trace does, the reader goes on. So the rows, the counts and the mistakes are those of the reader in every case.
 */
export function cachedTrace(open: () => OpenTrace, form: () => Promise<TraceForm>): OpenTrace {
  const reader = open();
  if (!isRowsAlone(reader)) return reader;
  const watch = new GrowthWatch(reader);
  const trace = new GrownTrace();
  trace.grow(watch.next());
  return trace.open(reader, () => batches(form, trace, { reader, watch }));
}

async function* batches(
  form: () => Promise<TraceForm>,
  trace: GrownTrace,
  { reader, watch }: { readonly reader: OpenTrace; readonly watch: GrowthWatch },
): AsyncGenerator<TaskBatch> {
  const found = await form();
  let delivered = 0;
  let hasEnd = false;
  for await (const { kind, body } of recordsOf(found)) {
    if (kind === 'rows') {
      const { batch, beside } = batchOf<Growth>(body);
      trace.grow(beside);
      delivered++;
      yield batch;
      continue;
    }
    hasEnd = true;
    if (kind === 'part') break;
    trace.grow(deserialize(body));
    return;
  }
  // So that the next run makes it again.
  if (found.kind === 'file' && !hasEnd) rmSync(found.path, { force: true });
  let read = 0;
  for await (const batch of reader.batches()) {
    const growth = watch.next();
    if (read++ < delivered) continue;
    trace.grow(growth);
    yield batch;
  }
  trace.grow(watch.next());
}

function recordsOf(form: TraceForm): AsyncIterable<CachedRecord> | Iterable<CachedRecord> {
  if (form.kind === 'mapped') return recordsIn(new Uint8Array(form.bytes));
  return form.kind === 'file' ? recordsOfFile(form.path) : [];
}
