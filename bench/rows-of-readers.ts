import { makeMonth } from './month.js';
import type { BenchRow } from './row.js';
import { compareReaders } from './trace-reader.js';
import { inTurns, rate } from './turns.js';

/** Enough rows that the start-up of a reader is negligible. */
const ROWS = 500_000;

/** The trace reader relative to csv-parse, and a simulated month of Google 2011 relative to reading its trace. */
export async function* readerRows(scale: number): AsyncGenerator<BenchRow> {
  const readers = await compareReaders(ROWS);
  const reading = await inTurns(3, readers.byPackage, readers.byUs);
  readers.remove();
  yield {
    work: 'trace reader',
    against: 'csv-parse',
    wants: 'at least',
    goal: 4,
    limit: 1.5,
    ratio: reading.ratio,
    measured: rate(ROWS, reading.second, 'rows'),
  };

  const month = await makeMonth(0.1 * scale);
  const simulating = await inTurns(1, month.simulate, month.read);
  month.remove();
  yield {
    work: `month of Google 2011, ${month.tasks.toLocaleString('en-US')} tasks`,
    against: 'reading it',
    wants: 'at most',
    goal: 2.2,
    limit: 40,
    ratio: simulating.ratio,
    measured: rate(month.tasks, simulating.first, 'tasks'),
  };
}
