import { shellWord } from '../results/shell-word.js';

/** Options that name files to write. */
const OUTPUTS = ['--out', '-o', '--report', '-r', '--jobs-out', '--events-out', '--perfetto'];

/**
 * The command line that makes this report again, quoted for a POSIX shell. It writes `report.html` and no other file. The user's own
 * paths are left out, so that equal runs have equal reports.
 */
export function shownCommand(args: readonly string[] = process.argv.slice(2)): string {
  const kept = args.filter((arg, i) => !isOutput(arg) && !OUTPUTS.includes(args[i - 1] ?? ''));
  return ['simulate', ...kept, '--report', 'report.html'].map(shellWord).join(' ');
}

function isOutput(arg: string): boolean {
  return OUTPUTS.some((option) => arg === option || arg.startsWith(`${option}=`));
}
