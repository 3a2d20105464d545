import { readdirSync, readFileSync } from 'node:fs';

/** The ids of the tasks of a framework that have a process on this machine (proc(5), environ). */
export function tasksWithProcesses(frameworkId: string): ReadonlySet<string> {
  return new Set(processesOf(frameworkId).map(({ task }) => task));
}

/** Kills all task processes of a framework, because they survive agents but must not survive a test. */
export function killTasksOf(frameworkId: string): void {
  for (const { pid } of processesOf(frameworkId)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has already exited.
    }
  }
}

function processesOf(frameworkId: string): readonly { readonly pid: number; readonly task: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const environment = environmentOf(pid);
      return environment.get('MESOS_FRAMEWORK_ID') === frameworkId
        ? [{ pid: Number(pid), task: environment.get('MESOS_TASK_ID') as string }]
        : [];
    });
}

/** Empty for a process that has exited meanwhile or is a zombie. */
function environmentOf(pid: string): ReadonlyMap<string, string> {
  try {
    const parts = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return new Map(
      parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
    );
  } catch {
    return new Map();
  }
}
