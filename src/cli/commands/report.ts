import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandModule } from 'yargs';
import { checkWritable, writeResult } from '../../results/files/result-files.js';
import { VERSUS_OPTION } from '../run-options.js';

interface ReportArguments {
  result?: string[];
  report?: string;
  versus?: string;
}

/** `simulate report RESULT …`: the HTML report of results that were written before. */
export function reportCommand(): CommandModule<object, ReportArguments> {
  return {
    command: 'report <result..>',
    describe: 'make the HTML report of folders that --out wrote, or of a sweep',
    builder: (argv) =>
      argv
        .positional('result', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'folder that --out or simulate sweep wrote; several folders of --out are compared',
        })
        .option('report', {
          alias: 'r',
          type: 'string',
          describe: 'file to write [report.html in the folder; here for several folders]',
        })
        .option('versus', VERSUS_OPTION)
        .example('$0 report results', 'writes results/report.html')
        .example('$0 report before after --report change.html', 'two results in one report')
        .example('$0 report study', 'the report of a sweep, study/report.html') as never,
    handler: (args) => makeReport(args),
  };
}

async function makeReport({ result = [], report, versus }: ReportArguments): Promise<void> {
  const { storedReport } = await import('../../report/stored-report.js');
  const path = report ?? (result.length === 1 ? join(result[0], 'report.html') : 'report.html');
  const isInFolder = result.length === 1 && isSameFolder(dirname(path), result[0]);
  const html = await storedReport(result, { versus, isInFolder });
  checkWritable(path, 'file');
  writeResult(path, html);
  process.stdout.write(`${path}\n`);
}

function isSameFolder(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
