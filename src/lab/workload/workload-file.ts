import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError, type ParameterValue, ParameterValues } from '../../model/index.js';
import type { Format, TraceCluster } from '../../workloads/formats/format.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { fileName } from '../../workloads/formats/text-file.js';
import type { MachineSource } from '../../workloads/machines.js';
import { type FileChoice, MACHINES_OF_TRACE, type Workload } from './workload.js';

/** The workload in a file. @throws InputError when there is no such file or format. */
export async function workloadOfFile(choice: FileChoice): Promise<Workload> {
  if (choice.kind === 'trace') return traceWorkload(choice.path, choice.format);
  const { loggedWorkload } = await import('../replay/logged-workload.js');
  return loggedWorkload(choice.path, await fileHash(choice.path));
}

async function traceWorkload(path: string, formatName: string | undefined): Promise<Workload> {
  const format = formatName === undefined ? await formatOf(path) : formatNamed(formatName);
  const cluster = await format.describeCluster(path, new ParameterValues(format.parameters));
  return {
    kind: 'trace',
    name: fileName(path),
    format: format.name,
    sha256: await fileHash(path),
    parameters: format.parameters,
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: undefined,
    resources: cluster.resources,
    defaultMachines: (settings) => machinesOfTrace(path, format, settings),
    open: (space, _horizon, _seed, settings, machines) => {
      const trace = format.open(path, space, new ParameterValues(format.parameters, settings), machines);
      const { dropped, adjusted, meter, startsAt = 'first-submission' } = trace;
      return { trace, startsAt, dropped, adjusted, readShare: () => meter.share };
    },
  };
}

async function machinesOfTrace(
  path: string,
  format: Format,
  settings: Readonly<Record<string, ParameterValue>>,
): Promise<MachineSource> {
  const cluster: TraceCluster = await format.describeCluster(
    path,
    new ParameterValues(format.parameters, settings),
  );
  const { machines, machineChanges } = cluster;
  if (machines === undefined) throw new InputError({ file: path }, cluster.machinesHint);
  return {
    name: MACHINES_OF_TRACE,
    resources: cluster.resources,
    machines: async (space) => machines(space),
    ...(machineChanges !== undefined && {
      changes: async (space, own) => machineChanges(space, own),
    }),
  };
}

/** Digests of files that were read before, with what tells that a file is still the same. */
const digests = new Map<string, { readonly version: string; readonly digest: string }>();

/** A thread replays a trace once for each cell of a sweep. Its digest is computed again only if the file has changed. */
async function fileHash(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  const version = `${ino} ${size} ${mtimeNs}`;
  const known = digests.get(path);
  if (known?.version === version) return known.digest;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = hash.digest('hex');
  digests.set(path, { version, digest });
  return digest;
}
