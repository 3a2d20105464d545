import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import {
  InputError,
  type MachineSpec,
  type Micros,
  type ParameterValue,
  ParameterValues,
  type ResourceSpace,
} from '../../model/index.js';
import { digestText } from '../../results/files/digest.js';
import { buildHash } from '../../results/files/version.js';
import type { Format, OpenTrace, TraceCluster } from '../../workloads/formats/format.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { fileName } from '../../workloads/formats/text-file.js';
import type { MachineSource } from '../../workloads/machines.js';
import { settingsRecord } from '../scenario/settings.js';
import { cachedTrace } from '../trace-cache/cached-trace.js';
import { formOf } from '../trace-cache/convert.js';
import { tracesOfThread } from '../trace-cache/traces-of-thread.js';
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
  const file: TraceFile = { path, format, sha256: await fileHash(path) };
  return {
    kind: 'trace',
    name: fileName(path),
    format: format.name,
    sha256: file.sha256,
    parameters: format.parameters,
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: undefined,
    resources: cluster.resources,
    defaultMachines: (settings) => machinesOfTrace(path, format, settings),
    open: (space, horizon, _seed, settings, machines) => {
      const trace = openShared(file, { space, horizon, settings, machines });
      const { dropped, adjusted, meter, startsAt = 'first-submission' } = trace;
      return { trace, startsAt, dropped, adjusted, readShare: () => meter.share };
    },
  };
}

/** A trace, and its content when it was chosen. */
interface TraceFile {
  readonly path: string;
  readonly format: Format;
  readonly sha256: string;
}

/** How a run opens a trace. */
interface Opening {
  readonly space: ResourceSpace;
  readonly horizon: Micros;
  readonly settings: Readonly<Record<string, ParameterValue>>;
  readonly machines: readonly MachineSpec[] | undefined;
}

/** Opens a trace. In a thread that shares traces, its rows come from the converted form. */
function openShared(file: TraceFile, opening: Opening): OpenTrace {
  const { path, format, sha256 } = file;
  const { space, horizon, settings, machines } = opening;
  const open = () => format.open(path, space, new ParameterValues(format.parameters, settings), machines);
  // A further file, such as an order of the rows, has a content that the key of the form does not name.
  const readsMore = format.parameters.some(({ kind }) => kind === 'file');
  if (tracesOfThread === undefined || readsMore) return open();
  const traces = tracesOfThread;
  const key = formKey(file, opening);
  const isUnchanged = async () => (await fileHash(path)) === sha256;
  return cachedTrace(open, () => traces.form(key, () => formOf(key, { open, horizon, isUnchanged })));
}

/** A name for the content of a trace and everything else that its rows depend on: the code and the options of its reader. */
function formKey({ format, sha256 }: TraceFile, { space, horizon, settings, machines }: Opening): string {
  const { parameters, useOfMachines } = format;
  const values = new ParameterValues(parameters, settings);
  const key = {
    code: [buildHash(), process.versions.v8, endianness()],
    trace: sha256,
    format: format.name,
    settings: settingsRecord(parameters, settings),
    resources: space.names,
    machines: machines === undefined ? null : (useOfMachines?.(space, values, machines) ?? null),
    horizon: Number.isFinite(horizon) ? horizon : null,
  };
  return digestText(JSON.stringify(key));
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
