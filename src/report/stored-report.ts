import { statSync } from 'node:fs';
import { InputError } from '../model/index.js';
import { type DataFiles, dataFilesOfRuns, dataFilesOfSweep } from '../results/files/data-files.js';
import { findRuns, readStoredRuns } from '../results/files/read-stored-runs.js';
import { isSweepFolder } from '../results/files/read-sweep.js';
import { differingParts, namedAfter } from '../results/named-results.js';
import type { ReportOptions } from './make-report-data.js';
import { reportHtml } from './report.js';
import { sweepReport } from './sweep/sweep-report.js';

/** How a stored report is made. */
export interface StoredReportOptions extends Pick<ReportOptions, 'versus'> {
  /** Whether the page will stand in the only folder, and have links to the files there. */
  readonly isInFolder?: boolean;
}

/**
 * The report of the runs in folders of `--out`, or of a sweep. For one folder of `--out`, it is the report that the run wrote; the runs of
 * several are compared.
 * @throws InputError for a folder that has no results, or whose records are damaged or from another version.
 */
export async function storedReport(
  folders: readonly string[],
  { versus, isInFolder = false }: StoredReportOptions = {},
): Promise<string> {
  for (const folder of folders) checkFolder(folder);
  const sweep = folders.find(isSweepFolder);
  if (sweep === undefined) return runsReport(folders, { versus, isInFolder });
  if (folders.length > 1)
    throw new InputError({ file: sweep }, 'is the folder of a sweep, which has a report of its own');
  if (versus !== undefined)
    throw new InputError(
      { field: '--versus' },
      'is for folders of --out; the page of a sweep has a picker for it',
    );
  return sweepReport(sweep, { isInFolder });
}

function runsReport(folders: readonly string[], { versus, isInFolder = false }: StoredReportOptions): string {
  const results = folders.map((folder) => readStoredRuns(folder));
  const places = differingParts(folders);
  const records = results.flatMap((result, i) =>
    result.records.map((record) => ({ ...record, summary: namedAfter(places[i], record.summary) })),
  );
  const [only] = results.length === 1 ? results : [];
  const options = {
    command: only?.command,
    versus: versus ?? only?.versus,
    ...(only !== undefined && isInFolder && { files: dataFilesOfRuns(folders[0], only.folders) }),
  };
  try {
    return reportHtml(records, options);
  } catch (error) {
    if (error instanceof InputError) throw error;
    // Reading checks only a part of a record. The rest may have the form of another version.
    throw new InputError(
      { file: folders.join(', ') },
      `has records from which this version makes no report (${(error as Error).message}); make the runs again with --out`,
    );
  }
}

/** The data files in a folder of results to which its report has links. */
export function storedDataFiles(folder: string): readonly DataFiles[] {
  if (isSweepFolder(folder)) return dataFilesOfSweep(folder);
  const { runs } = findRuns(folder);
  return dataFilesOfRuns(
    folder,
    runs.map((run) => run.folder),
  );
}

/** @throws InputError */
function checkFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError({ file: folder }, 'no such folder');
  if (!found.isDirectory())
    throw new InputError({ file: folder }, 'is a file, expected the folder that --out or a sweep wrote');
}
