import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { authorizationOf, readCredential } from '../../../src/live/http/credentials.js';
import { keptConnections } from '../event-connection.js';
import { closeAll, folder } from '../live-cluster.js';
import { Service } from '../processes.js';
import { send } from '../scheduler-client.js';
import { EmulatedAgent } from './emulated-agent.js';
import { type LoadFigures, LoadScheduler } from './load-scheduler.js';

/**
 * `npm run load -- [--agents 2000] [--frameworks 200] [--tasks 20000] [--real]`: puts a master under load and prints its
 * throughput. Agents are emulated; with `--real`, they are processes that run real commands.
 */
const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '2000' },
    frameworks: { type: 'string', default: '200' },
    tasks: { type: 'string', default: '20000' },
    real: { type: 'boolean', default: false },
  },
});
const AGENT_CPUS = 8;
const AGENT_MEM_MIB = 8192;
const CALL_CONNECTIONS = 64;
const TICKS_PER_SECOND = 100;

const [agents, frameworks, tasks] = [values.agents, values.frameworks, values.tasks].map(Number) as [
  number,
  number,
  number,
];
const masterDir = folder('master');
const master = new Service('master', '--work-dir', masterDir, '--port', '0');
const [, url] = (await master.says(/listens on (\S+)/)) as unknown as [string, string];
const credentialFile = join(masterDir, 'credential.json');
const authorization = authorizationOf(readCredential(credentialFile));
const connections = keptConnections(CALL_CONNECTIONS);

const joining = performance.now();
await (values.real ? startRealAgents() : startEmulatedAgents());
say(`${agents} agents joined in`, seconds(performance.now() - joining));

const figures: LoadFigures = { startDelays: [], finished: 0, otherwise: new Map() };
const began = performance.now();
const cpuBefore = masterCpuSeconds();
await Promise.all(
  Array.from({ length: frameworks }, (_, i) => {
    const share = Math.floor(tasks / frameworks) + (i < tasks % frameworks ? 1 : 0);
    const order = { name: `load-${i}`, tasks: share, command: 'sleep 0.1', cpus: 1, memMib: 64 };
    return new LoadScheduler(
      { url, path: '/api/v1/scheduler', authorization },
      connections,
      order,
      figures,
    ).run();
  }),
);
const took = performance.now() - began;
const metrics = JSON.parse(
  (await send(url, '/metrics/snapshot', undefined, { Authorization: authorization })).text,
);
const run = (name: string) =>
  `${(metrics[`allocator/mesos/allocation_run_ms/${name}`] as number).toFixed(1)} ms`;
say(`${tasks} tasks of ${frameworks} frameworks ended in`, seconds(took));
say('  not finished successfully', String(tasks - figures.finished));
for (const [how, count] of figures.otherwise) say(`    ${how}`, String(count));
say('launches per second', (tasks / (took / 1000)).toFixed(0));
say('offer cycle (allocation run, with sending) p50', run('p50'));
say('  p99', run('p99'));
say('  maximum', run('max'));
say('from ACCEPT to TASK_RUNNING p50', quantile(figures.startDelays, 0.5));
say('  p99', quantile(figures.startDelays, 0.99));
say('memory of the master, peak', `${masterMemoryMib().toFixed(0)} MiB`);
say(
  'processor of the master',
  `${((100 * (masterCpuSeconds() - cpuBefore)) / (took / 1000)).toFixed(0)} % of one`,
);
say('machine', `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}`);
await closeAll();
process.exit(figures.finished === tasks ? 0 : 1);

async function startEmulatedAgents(): Promise<void> {
  const resources = [
    { name: 'cpus', type: 'SCALAR', scalar: { value: AGENT_CPUS } },
    { name: 'mem', type: 'SCALAR', scalar: { value: AGENT_MEM_MIB } },
  ];
  const endpoint = { url, path: '/api/v1/agent', authorization };
  await Promise.all(
    Array.from({ length: agents }, (_, i) =>
      new EmulatedAgent(endpoint, connections).subscribe(`host-${i}`, resources),
    ),
  );
}

async function startRealAgents(): Promise<void> {
  const services = Array.from(
    { length: agents },
    (_, i) =>
      new Service(
        ...['agent', '--master', url, '--work-dir', folder('agent'), '--hostname', `host-${i}`],
        ...['--resources', `cpus:${AGENT_CPUS};mem:${AGENT_MEM_MIB}`, '--credential', credentialFile],
      ),
  );
  await Promise.all(services.map((service) => service.says(/is registered/, 300_000)));
}

/** Peak resident set (proc(5), VmHWM). */
function masterMemoryMib(): number {
  const status = readFileSync(`/proc/${master.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** User and system time so far (proc(5), stat, fields 14 and 15). */
function masterCpuSeconds(): number {
  const stat = readFileSync(`/proc/${master.child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function quantile(values: readonly number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN).toFixed(0)} ms`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(50)}${figure.padStart(12)}\n`);
}
