import { readdirSync, readFileSync } from 'node:fs';

/** Resources that the processes of a session have used and use. */
export interface SessionUsage {
  /** CPU time since the start, of live processes and of those that they have waited for. */
  userSeconds: number;
  systemSeconds: number;
  /** Resident memory. */
  memoryBytes: number;
}

/** Fields of /proc/PID/stat behind the name of the process, counted from 0 (proc(5): fields 6, 14 to 17). */
const [SESSION, USER, SYSTEM, CHILD_USER, CHILD_SYSTEM] = [3, 11, 12, 13, 14];

/** Clock ticks per second in /proc: USER_HZ is 100 in every Linux ABI that Node supports. */
const TICKS_PER_SECOND = 100;

/**
 * Measured usage by session leader. Each task has a session of its own, so this covers all processes that it started. One pass over
 * /proc serves all sessions. The result is empty where there is no /proc.
 */
export function usageOfSessions(
  leaders: ReadonlySet<number>,
  proc = '/proc',
): ReadonlyMap<number, SessionUsage> {
  const usage = new Map<number, SessionUsage>();
  for (const entry of leaders.size === 0 ? [] : processIds(proc)) {
    const stat = fieldsOf(`${proc}/${entry}/stat`);
    const leader = Number(stat?.[SESSION]);
    if (stat === undefined || !leaders.has(leader)) continue;
    const sum = usage.get(leader) ?? { userSeconds: 0, systemSeconds: 0, memoryBytes: 0 };
    const ticks = (field: number) => Number(stat[field]) / TICKS_PER_SECOND;
    sum.userSeconds += ticks(USER) + ticks(CHILD_USER);
    sum.systemSeconds += ticks(SYSTEM) + ticks(CHILD_SYSTEM);
    sum.memoryBytes += residentBytes(`${proc}/${entry}/status`);
    usage.set(leader, sum);
  }
  return usage;
}

function processIds(proc: string): readonly string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The fields behind the name, which may contain spaces and parentheses; undefined when the process has ended. */
function fieldsOf(path: string): readonly string[] | undefined {
  const line = textOf(path);
  return line?.slice(line.lastIndexOf(')') + 2).split(' ');
}

/** A kernel thread and a zombie have no resident memory. */
function residentBytes(path: string): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(textOf(path) ?? '')?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
