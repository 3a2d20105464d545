import { FOREVER, fromSeconds, MINUTE, type Parameter } from '../../model/index.js';
import { LAW_FORM } from './law.js';

const LENGTH = String.raw`[\d.]+[a-z\d.]*`;
const NUMBER = String.raw`\d+(\.\d+)?`;
const LAW = [
  `(exponential|fixed)\\(${LENGTH}\\)`,
  `weibull\\(${NUMBER},${LENGTH}\\)`,
  `lognormal\\(${LENGTH},${NUMBER}\\)`,
  `uniform\\(${LENGTH},${LENGTH}\\)`,
].join('|');
const LAW_PATTERN = new RegExp(`^(${LAW})$`);
const LAW_OR_NONE_PATTERN = new RegExp(`^(none|${LAW})$`);

function uptime(name: string, about: string): Parameter {
  return {
    kind: 'text',
    name,
    default: 'none',
    form: `none, ${LAW_FORM}`,
    pattern: LAW_OR_NONE_PATTERN,
    about,
  };
}

function repair(name: string, about: string, value: string): Parameter {
  return { kind: 'text', name, default: value, form: LAW_FORM, pattern: LAW_PATTERN, about };
}

/** Failures and their detection: `--set failures.NAME=VALUE`. Without a preset there are no random failures. */
export const FAILURE_PARAMETERS: readonly Parameter[] = [
  uptime('uptime', 'Time from the repair of a machine to its next failure.'),
  repair('repair', 'Time to repair a machine.', 'fixed(1h)'),
  {
    kind: 'number',
    name: 'crew',
    default: 0,
    min: 0,
    max: 10_000,
    integer: true,
    about:
      'Repairers of machines. Machines wait for a free one in the order of their failures; 0 for no limit.',
  },
  {
    kind: 'number',
    name: 'burstShare',
    default: 0,
    min: 0,
    max: 0.95,
    about: 'Share of the failures of machines that come in bursts of two or more.',
  },
  // Proposal: most bursts of Ford et al. (OSDI 2010) are small; their sizes appear only in a figure.
  { kind: 'number', name: 'burstSize', default: 3, min: 2, about: 'Machines in a burst, on average.' },
  // Ford et al. (OSDI 2010) put failures within 2 minutes of each other into one burst.
  {
    kind: 'duration',
    name: 'burstGap',
    default: 2 * MINUTE,
    about: 'Maximum time between two failures of a burst.',
  },
  // Proposal. Ford et al. only publish that 3 % of bursts of 10 or more touch as many racks as machines.
  {
    kind: 'number',
    name: 'burstRackShare',
    default: 0.5,
    min: 0,
    max: 1,
    about: 'Share of the other machines of a burst that are in the rack of the first.',
  },
  { kind: 'number', name: 'flakyShare', default: 0, min: 0, max: 1, about: 'Share of flaky machines.' },
  // Proposal.
  {
    kind: 'number',
    name: 'flakyFactor',
    default: 10,
    min: 1,
    about: 'Failure rate of a flaky machine relative to other machines.',
  },
  uptime('rackUptime', 'Time from the repair of a rack to its next failure.'),
  repair('rackRepair', 'Time to repair a rack.', 'uniform(1h,6h)'),
  uptime('powerUptime', 'Time from the repair of a power unit to its next failure.'),
  repair('powerRepair', 'Time to repair a power unit.', 'fixed(6h)'),
  {
    kind: 'number',
    name: 'racksPerPowerUnit',
    default: 4,
    min: 1,
    integer: true,
    about: 'Racks per power unit, when machines have no attribute `power`.',
  },
  uptime('zoneUptime', 'Time from the repair of a zone to its next failure.'),
  // Proposal.
  repair('zoneRepair', 'Time to repair a zone.', 'fixed(6h)'),
  {
    kind: 'number',
    name: 'racksPerZone',
    default: 0,
    min: 0,
    integer: true,
    about: 'Racks per zone, when machines have no attribute `zone`; 0 for no zones.',
  },
  uptime('diskUptime', 'Time between two disk failures of a machine; the volumes on the disk are lost.'),
  {
    kind: 'file',
    name: 'trace',
    default: '',
    about:
      'File of outages: CSV with the columns machine, start and end (seconds), and kind (off, cut, isolated or disk).',
  },
  uptime('cutUptime', 'Time between two network failures of a rack; its machines keep running.'),
  repair('cutRepair', 'Length of a network failure of a rack.', 'fixed(30m)'),
  {
    kind: 'duration',
    name: 'rebootEvery',
    default: FOREVER,
    about: 'Time between two planned reboots of a machine.',
  },
  // Proposal.
  { kind: 'duration', name: 'rebootLength', default: 10 * MINUTE, about: 'Length of a planned reboot.' },
  // Proposal.
  {
    kind: 'duration',
    name: 'rebootNotice',
    default: 5 * MINUTE,
    about: 'How long before a planned reboot a machine takes no new tasks.',
  },
  // The defaults of the Mesos master: agent_ping_timeout 15 s, max_agent_ping_timeouts 5.
  { kind: 'duration', name: 'pingInterval', default: fromSeconds(15), about: 'Time between two pings.' },
  {
    kind: 'number',
    name: 'pingTimeouts',
    default: 5,
    min: 1,
    integer: true,
    about: 'Pings in a row without an answer that make a machine unreachable.',
  },
  // agent_removal_rate_limit has no default.
  {
    kind: 'duration',
    name: 'removalGap',
    default: 0,
    about: 'Minimum time between two removals of machines; 0 for no limit.',
  },
  // agent_reregister_timeout.
  {
    kind: 'duration',
    name: 'reregisterTimeout',
    default: 10 * MINUTE,
    about: 'A new master removes machines that do not register within this time.',
  },
  // Proposal: agents find the new leader within seconds.
  {
    kind: 'duration',
    name: 'registrationTime',
    default: fromSeconds(2),
    about: 'Maximum time that a reachable machine needs to register with a new master.',
  },
  // FrameworkInfo.failover_timeout, whose default is 0.
  {
    kind: 'duration',
    name: 'frameworkFailoverTimeout',
    default: 0,
    about: 'After this time without its scheduler, a framework is removed and its tasks are killed.',
  },
  {
    kind: 'text',
    name: 'partitionAware',
    default: 'none',
    form: 'none, all, or names of frameworks joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about:
      'Frameworks that keep their tasks on unreachable machines instead of losing them. Services with their own recovery settings are not affected.',
  },
  // Proposal: published defaults of frameworks differ.
  {
    kind: 'duration',
    name: 'unreachableWait',
    default: 10 * MINUTE,
    about: 'How long a partition-aware framework waits before it restarts a task on another machine.',
  },
  {
    kind: 'text',
    name: 'checkpoints',
    default: 'none',
    form: 'none, or framework:interval+cost joined by commas, such as spark:10m+5s',
    pattern: /^(none|[^:,]+:[^:,+]+\+[^:,+]+(,[^:,]+:[^:,+]+\+[^:,+]+)*)$/,
    about:
      'Frameworks whose finite tasks write a checkpoint after each interval of work. Each takes the given cost. A lost task resumes from its last checkpoint.',
  },
];
