import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownerOf } from '../../model/index.js';
import type { ResourceMessage } from '../wire/messages.js';
import { parcelsOfMessages } from '../wire/resources.js';

/** The folder of a volume, by role and id. Slashes in a role become spaces, as in Mesos (src/slave/paths.cpp). */
function folderOf(volumes: string, role: string, id: string): string {
  return join(volumes, 'roles', role.replaceAll('/', ' '), id);
}

function foldersOf(
  volumes: string,
  resources: readonly ResourceMessage[],
): readonly [folder: string, containerPath: string][] {
  return parcelsOfMessages(resources).flatMap((parcel) =>
    parcel.volume === undefined
      ? []
      : [[folderOf(volumes, ownerOf(parcel) ?? '', parcel.volume.id), parcel.volume.containerPath]],
  );
}

/** Creates the folders of the agent's volumes and deletes those of destroyed volumes. */
export function syncVolumes(volumes: string, resources: readonly ResourceMessage[]): void {
  const wanted = new Set(foldersOf(volumes, resources).map(([folder]) => folder));
  for (const folder of wanted) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const roles = join(volumes, 'roles');
  if (wanted.size === 0) rmSync(roles, { recursive: true, force: true });
  else
    for (const role of readdirSync(roles))
      for (const id of readdirSync(join(roles, role)))
        if (!wanted.has(join(roles, role, id))) rmSync(join(roles, role, id), { recursive: true });
}

/** Links the volumes of a task into its sandbox. */
export function linkVolumes(volumes: string, sandbox: string, resources: readonly ResourceMessage[]): void {
  for (const [folder, containerPath] of foldersOf(volumes, resources)) {
    const link = join(sandbox, containerPath);
    mkdirSync(dirname(link), { recursive: true, mode: 0o700 });
    symlinkSync(folder, link);
  }
}
