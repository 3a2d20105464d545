import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mount point of cgroups v2 (cgroups(7)). */
export const CGROUP_MOUNT = '/sys/fs/cgroup';

/** Controllers that task limits need. */
const CONTROLLERS = ['cpu', 'memory'];

/** Period of a CPU quota, in microseconds (the default of cpu.max, Linux cgroup-v2). */
const CPU_PERIOD = 100_000;

/** The v2 cgroup of a process, from its /proc/PID/cgroup; undefined when it has none. */
export function ownCgroup(mount: string, procCgroup: string): string | undefined {
  const line = procCgroup.split('\n').find((text) => text.startsWith('0::'));
  if (line === undefined || !existsSync(join(mount, 'cgroup.controllers'))) return undefined;
  return join(mount, line.slice('0::'.length));
}

/**
 * Prepares a parent cgroup for tasks. The agent moves to a leaf, because a cgroup with controlled children cannot have
 * its own processes (cgroups(7), "no internal processes"). @returns the folder for tasks, or the problem.
 */
export function prepareCgroup(group: string): { readonly folder: string } | { readonly problem: string } {
  try {
    const there = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(/\s+/);
    const missing = CONTROLLERS.filter((name) => !there.includes(name));
    if (missing.length > 0)
      return { problem: `the control group ${group} lacks the controllers ${missing.join(', ')}` };
    const leaf = join(group, 'fairground-agent');
    mkdirSync(leaf, { recursive: true });
    writeFileSync(join(leaf, 'cgroup.procs'), String(process.pid));
    const control = CONTROLLERS.map((name) => `+${name}`).join(' ');
    writeFileSync(join(group, 'cgroup.subtree_control'), control);
    const folder = join(group, 'fairground-tasks');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cgroup.subtree_control'), control);
    return { folder };
  } catch (error) {
    return {
      problem: `the control group ${group} is not writable (${(error as NodeJS.ErrnoException).code})`,
    };
  }
}

/** Limits of a cgroup; undefined is unlimited. */
export interface CgroupLimits {
  readonly cpus: number | undefined;
  readonly memoryMib: number | undefined;
}

const BYTES_PER_MIB = 1024 * 1024;

/** Creates the cgroup of a task. @returns its cgroup.procs file: a process writes 0 to it to join. @throws when it cannot be created. */
export function makeCgroup(folder: string, { cpus, memoryMib }: CgroupLimits): string {
  mkdirSync(folder, { recursive: true });
  if (cpus !== undefined)
    writeFileSync(join(folder, 'cpu.max'), `${Math.max(1000, Math.round(cpus * CPU_PERIOD))} ${CPU_PERIOD}`);
  if (memoryMib !== undefined)
    writeFileSync(join(folder, 'memory.max'), String(Math.round(memoryMib * BYTES_PER_MIB)));
  return join(folder, 'cgroup.procs');
}

/** Removes the cgroup of a task if it is empty. */
export function removeCgroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It still has processes, or is already removed. A leftover empty cgroup costs nothing.
  }
}
