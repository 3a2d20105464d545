import { didYouMean, InputError, quote } from '../../model/index.js';

/** Published failure statistics as settings of FAILURE_PARAMETERS. */
export interface FailurePreset {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly source: string;
  readonly settings: Readonly<Record<string, string>>;
}

const ARCHIVE =
  'fit to a trace of the Failure Trace Archive (Kondo et al., CCGRID 2010), with the figures of the OpenDC failure models';

/**
 * The presets of `--failures`. The three fits to one trace have different means. The Weibull and lognormal fits give
 * mean repair times of 3.43 h and 2.88 h, but the trace has 5.92 h. Choose by the statistic you need.
 */
export const FAILURE_PRESETS: readonly FailurePreset[] = [
  {
    name: 'lanl05',
    about:
      'High-performance computing at Los Alamos, exponential: a machine fails every 74 days, repair takes 5.9 hours.',
    source: `${ARCHIVE}: LANL05, exponential`,
    settings: { uptime: 'exponential(1779.99h)', repair: 'exponential(5.92h)' },
  },
  {
    name: 'lanl05-weibull',
    about: 'lanl05 with Weibull times: the hazard decreases with the time since the last failure.',
    source: `${ARCHIVE}: LANL05, Weibull`,
    settings: { uptime: 'weibull(0.48,816.6h)', repair: 'weibull(0.58,2.18h)' },
  },
  {
    name: 'lanl05-lognormal',
    about: 'lanl05 with lognormal times.',
    source: `${ARCHIVE}: LANL05, lognormal with mu 5.56 and 0.05 (logarithms of hours)`,
    settings: { uptime: 'lognormal(259.823h,2.39)', repair: 'lognormal(1.05127h,1.42)' },
  },
  {
    name: 'g5k06',
    about:
      "Machines of the Grid'5000 testbed, exponential: a machine fails every 32 hours, repair takes 7.4 hours.",
    source: `${ARCHIVE}: G5k06, exponential`,
    settings: { uptime: 'exponential(32.41h)', repair: 'exponential(7.41h)' },
  },
  {
    name: 'g5k06-weibull',
    about: 'g5k06 with Weibull times.',
    source: `${ARCHIVE}: G5k06, Weibull`,
    settings: { uptime: 'weibull(0.48,14.37h)', repair: 'weibull(0.35,0.47h)' },
  },
  {
    name: 'microsoft99',
    about: 'Desktops of a company, exponential: a machine is unavailable every 67 hours, for 16.5 hours.',
    source: `${ARCHIVE}: Microsoft99, exponential`,
    settings: { uptime: 'exponential(67.01h)', repair: 'exponential(16.49h)' },
  },
  {
    name: 'ldns04',
    about: 'Local name servers, exponential: a machine fails every 141 hours, repair takes 8.6 hours.',
    source: `${ARCHIVE}: LDNS04, exponential`,
    settings: { uptime: 'exponential(141.06h)', repair: 'exponential(8.61h)' },
  },
  {
    // A year has 1000 failures of 1800 machines, 20 failures of about 45 racks with 40 machines each (1 to 6 h), and
    // one failure of a power unit with about 750 machines (6 h).
    name: 'dean-2008',
    about: 'The first year of a cluster of 1800 machines: failures of machines, racks and power units.',
    source:
      'Dean, talk at Google I/O 2008: 1000 machine failures, 20 rack failures of 1 to 6 h, 1 PDU failure of about 6 h in the first year; the repair time of a machine is not published (here that of LANL05); network faults are left out',
    settings: {
      uptime: 'exponential(15779h)',
      repair: 'exponential(5.92h)',
      rackUptime: 'exponential(19724h)',
      rackRepair: 'uniform(1h,6h)',
      powerUptime: 'exponential(21038h)',
      powerRepair: 'fixed(6h)',
      racksPerPowerUnit: '19',
    },
  },
  {
    name: 'ford-2010',
    about:
      'dean-2008 with 37 % of the machine failures in bursts, and one planned reboot of each machine per month.',
    source:
      'Ford et al., OSDI 2010: 37 % of failures are part of a burst of two or more, most unavailability is from planned reboots; one reboot per month is a proposal, the rates are those of dean-2008',
    settings: {
      uptime: 'exponential(15779h)',
      repair: 'exponential(5.92h)',
      burstShare: '0.37',
      rackUptime: 'exponential(19724h)',
      rackRepair: 'uniform(1h,6h)',
      powerUptime: 'exponential(21038h)',
      powerRepair: 'fixed(6h)',
      racksPerPowerUnit: '19',
      rebootEvery: '30d',
    },
  },
];

/** @throws InputError when there is no preset of that name. */
export function failurePresetNamed(name: string): FailurePreset {
  const preset = FAILURE_PRESETS.find((one) => one.name === name);
  if (preset !== undefined) return preset;
  const known = FAILURE_PRESETS.map((one) => one.name);
  const hint = didYouMean(name, known);
  throw new InputError(
    { field: '--failures' },
    `unknown preset ${quote(name)}, expected one of ${known.join(', ')}, or the path of a .csv file${hint}`,
  );
}
