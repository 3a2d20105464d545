import { InputError, MAX_QUANTA, type ResourceSpace, resourceKind } from '../../model/index.js';
import type { TraceCluster } from './format.js';
import { readLines } from './text-file.js';

/** A line of the header, such as `; MaxProcs: 128`. Case, blanks and the separator do not matter. */
const SIZE = /^\s*;\s*max[\s_-]*(procs|processors|nodes)\b\s*[:=]?\s*(\S.*)?$/i;

/** Lines by which a header is recognized in a file without the ending `.swf`. */
const KNOWN = /^\s*;\s*(max[\s_-]*(procs|nodes|jobs|records)|unixstarttime)\b/i;

/** Words for an unknown value. The format has -1; some logs have a word. */
const UNKNOWN = /^(-1|0|unknown|n\/?a|none|null|\?|-)?$/i;

/** Whether this is a line of the header of a log. */
export function isHeaderLine(line: string): boolean {
  return KNOWN.test(line);
}

/** What the header says about the size of the machine; undefined where it does not. */
interface MachineSize {
  processors?: { readonly text: string; readonly line: number };
  nodes?: string;
}

/**
 * The cluster of a log: a pool with the MaxProcs processors of its header. MaxNodes is not used, because a node may have
 * several processors.
 * @throws InputError when the file cannot be read, and from `machines` when MaxProcs is no number.
 */
export async function poolOf(path: string): Promise<TraceCluster> {
  const { processors, nodes } = await sizeOf(path);
  const cluster = (hint: string) => ({
    resources: ['cpus'],
    machinesHint: `${hint}; specify the machines with --machines, such as ${EXAMPLE}`,
  });
  if (processors === undefined)
    return cluster(
      nodes === undefined
        ? 'the header has no MaxProcs'
        : `the header has MaxNodes ${nodes} but no MaxProcs, and a node may have several processors`,
    );
  const place = { file: path, line: processors.line, field: 'MaxProcs' };
  const count = Number(processors.text.replaceAll(/(?<=\d),(?=\d{3}\b)/g, ''));
  if (count > MOST_CORES)
    return cluster(
      `MaxProcs ${count} is more than one machine can have (${MOST_CORES} cores), and on several machines a job is a gang`,
    );
  return {
    ...cluster(''),
    machines: (space: ResourceSpace) => {
      if (!Number.isInteger(count) || count < 1)
        throw InputError.expected(place, processors.text, 'a whole number of processors >= 1');
      return [{ name: 'pool', capacity: space.quanta({ cpus: count }, place) }];
    },
  };
}

/** One pool, or several nodes. */
const EXAMPLE = '1x100cpu (a pool) or 64x16cpu (nodes)';

const MOST_CORES = Math.floor(MAX_QUANTA / (resourceKind('cpus')?.quantaPerUnit ?? 1));

/** Reads the header: blank lines and comments before the first job. The first known value of a kind counts. */
async function sizeOf(path: string): Promise<MachineSize> {
  const size: MachineSize = {};
  for await (const { firstLine, lines } of readLines(path)) {
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i].trim();
      if (text !== '' && !text.startsWith(';')) return size;
      const match = SIZE.exec(text);
      const value = knownValue(match?.[2]);
      if (match === null || value === undefined) continue;
      if (/nodes/i.test(match[1])) size.nodes ??= value;
      else size.processors ??= { text: value, line: firstLine + i };
    }
  }
  return size;
}

/** The first word of a value, without what explains it; undefined if it is unknown. */
function knownValue(text: string | undefined): string | undefined {
  const [word = ''] = (text ?? '').trim().split(/[\s(;]+/);
  return UNKNOWN.test(word) ? undefined : word;
}
