import { InputError } from '../../../model/index.js';
import type { Outage } from '../../../sim/failures/outage.js';
import type { Topology } from '../../../sim/failures/topology.js';
import { Adjustments } from '../../../workloads/formats/adjustments.js';
import { readCsv } from '../../../workloads/formats/csv-records.js';
import type { RowRecord } from '../../../workloads/formats/row-table.js';
import type { FailureTrace } from '../../run/run-sources.js';

/**
 * Reads a file of outages: CSV with a header and the columns `machine` (name), `start` and `end` (seconds from the start of the
 * run), and optionally `kind`: off (the default), cut, isolated or disk. The end of a disk failure is ignored.
 * Values that are rounded are counted. @throws InputError
 */
export async function readFailureTrace(path: string, topology: Topology): Promise<FailureTrace> {
  const outages: Outage[] = [];
  const adjustments = new Adjustments();
  const ids = new Map(topology.machines.map((name, machine) => [name, machine]));
  for await (const record of readCsv(path, ['machine', 'start', 'end'])) {
    const name = record.required('machine', 'the name of a machine');
    const machine = ids.get(name);
    if (machine === undefined)
      throw InputError.expected(
        record.place('machine'),
        name,
        `a machine of the run, such as ${topology.machines[0]}`,
      );
    const start = record.time('start', adjustments);
    const end = record.time('end', adjustments);
    if (end <= start)
      throw InputError.expected(record.place('end'), record.text('end'), 'a time after start');
    outages.push({ kind: kindOf(record), cause: 'trace', machines: [machine], start, end, notice: start });
  }
  return { outages, adjusted: adjustments.counts };
}

const KINDS = ['off', 'cut', 'isolated', 'disk'] as const;

function kindOf(record: RowRecord): (typeof KINDS)[number] {
  const text = record.text('kind') || 'off';
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw InputError.expected(record.place('kind'), text, KINDS.join(', '));
  return kind;
}
