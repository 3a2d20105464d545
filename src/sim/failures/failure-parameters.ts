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

/** What can fail and how the master learns of it: `--set failures.NAME=VALUE`. Without a preset nothing fails by itself. */
export const FAILURE_PARAMETERS: readonly Parameter[] = [
  uptime('uptime', 'Time from the repair of a machine to its next failure.'),
  repair('repair', 'Time to repair a machine.', 'fixed(1h)'),
  {
    kind: 'number',
    name: 'burstShare',
    default: 0,
    min: 0,
    max: 0.95,
    about: 'Share of the failures of machines that come in bursts of two or more.',
  },
  // Proposal: most bursts of Ford et al. (OSDI 2010) are small; their sizes are in a figure only.
  { kind: 'number', name: 'burstSize', default: 3, min: 2, about: 'Machines in a burst, on average.' },
  // Ford et al. (OSDI 2010) put failures within 2 minutes of each other into one burst.
  {
    kind: 'duration',
    name: 'burstGap',
    default: 2 * MINUTE,
    about: 'From one failure of a burst to the next, at most.',
  },
  // Proposal; published is that of bursts of 10 and more only 3 % touch as many racks as machines (Ford et al.).
  {
    kind: 'number',
    name: 'burstRackShare',
    default: 0.5,
    min: 0,
    max: 1,
    about: "Share of a burst's further machines that stand in the rack of the first.",
  },
  { kind: 'number', name: 'flakyShare', default: 0, min: 0, max: 1, about: 'Share of flaky machines.' },
  // Proposal.
  {
    kind: 'number',
    name: 'flakyFactor',
    default: 10,
    min: 1,
    about: 'How many times as often a flaky machine fails.',
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
    about: 'Racks to a power unit, where machines have no attribute `power`.',
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
    about: 'Racks to a zone, where machines have no attribute `zone`; 0 for no zones.',
  },
  uptime('diskUptime', "Time between two losses of a machine's disk, and of the volumes on it."),
  {
    kind: 'file',
    name: 'trace',
    default: '',
    about:
      'File of outages: CSV with the columns machine, start and end (seconds), and kind (off, cut, isolated or disk).',
  },
  uptime('cutUptime', 'Time between two cuts of a rack from the network; its machines run on.'),
  repair('cutRepair', 'Length of such a cut.', 'fixed(30m)'),
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
    about: 'At least so long between two removals of machines; 0 for no limit.',
  },
  // agent_reregister_timeout.
  {
    kind: 'duration',
    name: 'reregisterTimeout',
    default: 10 * MINUTE,
    about: 'Machines that have not registered with a new master by then are removed.',
  },
  // Proposal: agents find the new leader within seconds.
  {
    kind: 'duration',
    name: 'registrationTime',
    default: fromSeconds(2),
    about: 'Within this time a machine registers with a new master that it can reach.',
  },
  // FrameworkInfo.failover_timeout, whose default is 0.
  {
    kind: 'duration',
    name: 'frameworkFailoverTimeout',
    default: 0,
    about: 'A framework whose scheduler is gone for longer is removed, and its tasks are killed.',
  },
  {
    kind: 'text',
    name: 'partitionAware',
    default: 'none',
    form: 'none, all, or names of frameworks joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about:
      'Frameworks without terms of their own that wait for tasks on unreachable machines; the others count them as lost.',
  },
  // Proposal: published defaults of frameworks differ.
  {
    kind: 'duration',
    name: 'unreachableWait',
    default: 10 * MINUTE,
    about: 'How long a partition-aware framework waits before it starts a task again elsewhere.',
  },
  {
    kind: 'text',
    name: 'checkpoints',
    default: 'none',
    form: 'none, or framework:interval+cost joined by commas, such as spark:10m+5s',
    pattern: /^(none|[^:,]+:[^:,+]+\+[^:,+]+(,[^:,]+:[^:,+]+\+[^:,+]+)*)$/,
    about:
      'Frameworks whose finite tasks write their state down after each interval of work, which costs so much time, and go on from there when they are lost.',
  },
];
