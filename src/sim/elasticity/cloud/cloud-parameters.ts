import { FOREVER, fromSeconds, MINUTE, type Parameter } from '../../../model/index.js';

/** A pool of machines of a cloud, which are rented while the machines of one's own do not suffice. */
export const CLOUD_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'machines',
    default: 'none',
    form: 'none, or machines as for --machines, such as 50x16cpu/64GiB',
    pattern: /^(none|\d+\s*x.+)$/,
    about: 'The most machines that may be rented at once.',
  },
  // Mao & Humphrey, "A performance study on the VM startup time in the cloud", CLOUD 2012: 97 s on average for Linux on EC2.
  {
    kind: 'duration',
    name: 'startup',
    default: fromSeconds(97),
    about: 'From the order of a machine until it takes tasks.',
  },
  // Kubernetes Cluster Autoscaler: scan-interval.
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(10),
    about: 'From one look at the queue to the next.',
  },
  // Proposal: what a scheduler places at once is not worth a machine.
  {
    kind: 'duration',
    name: 'growAfter',
    default: fromSeconds(30),
    about: 'How long a task waits before machines are ordered for it.',
  },
  // Kubernetes Cluster Autoscaler: scale-down-unneeded-time.
  {
    kind: 'duration',
    name: 'idleAfter',
    default: 10 * MINUTE,
    about: 'How long a machine is without tasks before it is given back.',
  },
  // Proposal: about the list price of 16 virtual cores and 64 GiB.
  {
    kind: 'number',
    name: 'pricePerHour',
    default: 0.77,
    min: 0,
    about: 'Price of an hour of a rented machine, from its order on.',
  },
  // Proposal: on demand nothing is interrupted; for spot machines give a mean time.
  {
    kind: 'duration',
    name: 'interruptedAfter',
    default: FOREVER,
    about: 'Mean time until the cloud takes a machine back (exponential).',
  },
  // Amazon EC2: a spot interruption notice comes two minutes before.
  {
    kind: 'duration',
    name: 'notice',
    default: 2 * MINUTE,
    about: 'How long before that it says so: the machine takes no new tasks.',
  },
  // Proposal: tasks in the cloud send results and read data across the border.
  {
    kind: 'number',
    name: 'egressMBpsPerCore',
    default: 0.1,
    min: 0,
    about: 'Data that leaves the cloud for each busy core, MB/s.',
  },
  // Proposal: about the list price of the large clouds.
  {
    kind: 'number',
    name: 'egressPricePerGB',
    default: 0.09,
    min: 0,
    about: 'Price of 10^9 bytes that leave the cloud.',
  },
  {
    kind: 'text',
    name: 'onPremises',
    default: 'none',
    form: 'none, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: "Services that may not leave the machines of one's own.",
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
    about: "Price of an hour of a machine of one's own that has none; 0 leaves it without.",
  },
];
