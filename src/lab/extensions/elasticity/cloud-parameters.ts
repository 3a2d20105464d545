import { FOREVER, fromSeconds, MINUTE, type Parameter } from '../../../model/index.js';

/** A pool of cloud machines, rented while the owned machines do not suffice. */
export const CLOUD_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'machines',
    default: 'none',
    form: 'none, or machines as for --machines, such as 50x16cpu/64GiB',
    pattern: /^(none|\d+\s*x.+)$/,
    about: 'Maximum number of machines rented at one time.',
  },
  // Mao & Humphrey, "A performance study on the VM startup time in the cloud", CLOUD 2012: 97 s on average for Linux on EC2.
  {
    kind: 'duration',
    name: 'startup',
    default: fromSeconds(97),
    about: 'Time from the order of a machine until it accepts tasks.',
  },
  // Kubernetes Cluster Autoscaler: scan-interval.
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(10),
    about: 'Time between two checks of the queue.',
  },
  // Proposal: a task that the scheduler places soon does not justify a machine.
  {
    kind: 'duration',
    name: 'growAfter',
    default: fromSeconds(30),
    about: 'How long a task must wait before machines are ordered for it.',
  },
  // Kubernetes Cluster Autoscaler: scale-down-unneeded-time.
  {
    kind: 'duration',
    name: 'idleAfter',
    default: 10 * MINUTE,
    about: 'How long a rented machine must be idle before it is returned.',
  },
  // Proposal: about the list price of 16 virtual cores and 64 GiB.
  {
    kind: 'number',
    name: 'pricePerHour',
    default: 0.77,
    min: 0,
    about: 'Price per hour of a rented machine, counted from its order.',
  },
  // Proposal: on-demand machines are not interrupted. Set a mean time for spot machines.
  {
    kind: 'duration',
    name: 'interruptedAfter',
    default: FOREVER,
    about: 'Mean time until the cloud interrupts a machine (exponential).',
  },
  // Amazon EC2 gives a spot interruption notice two minutes before the interruption.
  {
    kind: 'duration',
    name: 'notice',
    default: 2 * MINUTE,
    about: 'How long before an interruption the cloud gives notice; the machine then accepts no new tasks.',
  },
  // Proposal: tasks in the cloud exchange results and data with the owned machines.
  {
    kind: 'number',
    name: 'egressMBpsPerCore',
    default: 0.1,
    min: 0,
    about: 'Data sent out of the cloud per busy core, MB/s.',
  },
  // Proposal: about the list price of large cloud providers.
  {
    kind: 'number',
    name: 'egressPricePerGB',
    default: 0.09,
    min: 0,
    about: 'Price per 10^9 bytes sent out of the cloud.',
  },
  {
    kind: 'text',
    name: 'onPremises',
    default: 'none',
    form: 'none, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: 'Services that must run on owned machines.',
  },
];

/** Prices of machines without a price in the machine file. */
export const COST_PARAMETERS: readonly Parameter[] = [
  // No default: the cost of a machine differs between sites.
  {
    kind: 'number',
    name: 'machineHour',
    default: 0,
    min: 0,
    about: 'Price per hour of an owned machine that has no price in the machine file; 0 for no price.',
  },
];
