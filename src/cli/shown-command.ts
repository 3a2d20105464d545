/** The command line of this process, quoted for a POSIX shell. */
export function shownCommand(): string {
  return ['simulate', ...process.argv.slice(2)].map(quoted).join(' ');
}

/** In single quotes unless every character is plain. */
function quoted(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
