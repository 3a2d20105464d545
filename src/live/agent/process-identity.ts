import { readFileSync } from 'node:fs';

/** A process that another with the same number is not taken for. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, or undefined where there is no /proc. */
  readonly started: string | undefined;
}

/** Place of the start time among the fields behind the name (proc(5), /proc/pid/stat, field 22). */
const START_TIME = 19;

/** Reads a line of /proc/pid/stat, or a bare process id. Undefined when it is neither. */
export function parseIdentity(line: string): ProcessIdentity | undefined {
  const pid = Number.parseInt(line, 10);
  if (!(pid > 1)) return undefined;
  // The name of the process may hold spaces and parentheses.
  const behindName = line.lastIndexOf(')');
  return { pid, started: behindName < 0 ? undefined : line.slice(behindName + 2).split(' ')[START_TIME] };
}

/** Does the process still run? */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  if (started !== undefined) {
    const now = statLine(pid);
    return now !== undefined && parseIdentity(now)?.started === started && !/\) Z /.test(now);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function statLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}
