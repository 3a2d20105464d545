import { FOREVER, fromSeconds, MINUTE, type Parameter } from '../../../model/index.js';

/** A pool of machines of a cloud, which are rented while the machines of one's own do not suffice. */
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
  // Proposal: what a scheduler places at once is not worth a machine.
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
  // Proposal: on demand nothing is interrupted; for spot machines give a mean time.
  {
    kind: 'duration',
    name: 'interruptedAfter',
    default: FOREVER,
    about: 'Mean time until the cloud interrupts a machine (exponential).',
  },
  // Amazon EC2: a spot interruption notice comes two minutes before.
  {
    kind: 'duration',
    name: 'notice',
    default: 2 * MINUTE,
    about: 'How long before an interruption the cloud gives notice; the machine then accepts no new tasks.',
  },
  // Proposal: tasks in the cloud send results and read data across the border.
  {
    kind: 'number',
    name: 'egressMBpsPerCore',
    default: 0.1,
    min: 0,
    about: 'Data sent out of the cloud per busy core, MB/s.',
  },
  // Proposal: about the list price of the large clouds.
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

/** Prices beside those of a file of machines. */
export const COST_PARAMETERS: readonly Parameter[] = [
  // No figure: what a machine costs differs from place to place.
  {
    kind: 'number',
    name: 'machineHour',
    default: 0,
    min: 0,
    about: 'Price per hour of an owned machine that has no price in the machine file; 0 for no price.',
  },
];
