import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux shows its control groups of version 2 (cgroups(7)). */
export const CGROUP_MOUNT = '/sys/fs/cgroup';

/** What must be controlled for the limits of a task. */
const CONTROLLERS = ['cpu', 'memory'];

/** Period of a processor quota, in microseconds (Linux, cgroup-v2: cpu.max has this by default). */
const CPU_PERIOD = 100_000;

/** The control group of a process by its /proc/PID/cgroup, under the mount of version 2; undefined when it has none there. */
export function ownCgroup(mount: string, procCgroup: string): string | undefined {
  const line = procCgroup.split('\n').find((text) => text.startsWith('0::'));
  if (line === undefined || !existsSync(join(mount, 'cgroup.controllers'))) return undefined;
  return join(mount, line.slice('0::'.length));
}

/**
 * Makes room for tasks below a group: its processes move to a leaf, because a group whose members are controlled has none of
 * its own (cgroups(7), no internal processes). @returns the folder for tasks, or why there is none.
 */
export function prepareCgroup(group: string): { readonly folder: string } | { readonly problem: string } {
  try {
    const there = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(/\s+/);
    const missing = CONTROLLERS.filter((name) => !there.includes(name));
    if (missing.length > 0) return { problem: `the group ${group} has no control of ${missing.join(', ')}` };
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
    return { problem: `the group ${group} cannot be written (${(error as NodeJS.ErrnoException).code})` };
  }
}

/** What a group is held to; undefined leaves it free. */
export interface CgroupLimits {
  readonly cpus: number | undefined;
  readonly memoryMib: number | undefined;
}

const BYTES_PER_MIB = 1024 * 1024;

/** Makes the group of a task. @returns the file that a process writes 0 to, to join. @throws when it cannot be made. */
export function makeCgroup(folder: string, { cpus, memoryMib }: CgroupLimits): string {
  mkdirSync(folder, { recursive: true });
  if (cpus !== undefined)
    writeFileSync(join(folder, 'cpu.max'), `${Math.max(1000, Math.round(cpus * CPU_PERIOD))} ${CPU_PERIOD}`);
  if (memoryMib !== undefined)
    writeFileSync(join(folder, 'memory.max'), String(Math.round(memoryMib * BYTES_PER_MIB)));
  return join(folder, 'cgroup.procs');
}

/** Takes the group of a task away, when nobody is left in it. */
export function removeCgroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody is in it yet, or it is gone; an empty group costs nothing.
  }
}
