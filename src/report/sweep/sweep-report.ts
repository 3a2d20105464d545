import { dataFilesOfSweep } from '../../results/files/data-files.js';
import { readSweep } from '../../results/files/read-sweep.js';
import { pageOf } from '../report.js';
import { metricsOfPage, sweepData } from './make-sweep-data.js';
import { SWEEP_ELEMENT_ID } from './sweep-data.js';

/** The HTML report of a sweep from its folder. @throws InputError when the folder is damaged or has too many runs. */
export async function sweepReport(folder: string, { isInFolder = false } = {}): Promise<string> {
  let numbers = 0;
  const sweep = await readSweep(folder, (names, runs) => {
    numbers = names.length;
    return metricsOfPage(names, runs);
  });
  const data = sweepData(sweep, { numbers, ...(isInFolder && { files: dataFilesOfSweep(folder) }) });
  return pageOf(SWEEP_ELEMENT_ID, data);
}
