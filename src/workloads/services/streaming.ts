import { fromSeconds, InputError, MINUTE, type ParameterValues } from '../../model/index.js';
import { RESTART_ELSEWHERE, type Replay } from '../recovery.js';
import { fixedInstances } from './fixed-instances.js';
import { dailySinusoid } from './load-curves.js';
import type { Service } from './service.js';

/** A stream processor whose workers form a gang: when one is lost, all go back to the last checkpoint. */
export const streaming: Service = {
  name: 'streaming',
  about: 'A stream processor: a gang of workers that goes back to its last checkpoint when one is lost.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'workers', default: 20, min: 0, integer: true, about: 'Workers of the job.' },
    // Proposal.
    { kind: 'number', name: 'cpus', default: 4, min: 0, about: 'Cores per worker.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 8, min: 0, about: 'Memory per worker, GiB.' },
    // As Kafka, from which it reads.
    {
      kind: 'number',
      name: 'peakToMean',
      default: 1.4,
      min: 1,
      max: 2,
      about: 'Peak of the daily load over its mean.',
    },
    // Proposal.
    { kind: 'number', name: 'peakHour', default: 15, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.5,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used at mean load.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.7,
      min: 0,
      max: 1,
      about: 'Share of the memory demand used.',
    },
  ],
  recovery: {
    parameters: [
      // Proposal: no default exists, minutes are usual.
      {
        kind: 'duration',
        name: 'checkpointEvery',
        default: MINUTE,
        about: 'From one checkpoint to the next.',
      },
      // Proposal.
      {
        kind: 'duration',
        name: 'checkpointCost',
        default: fromSeconds(2),
        about: 'Time that a checkpoint takes from the work.',
      },
      // Proposal.
      {
        kind: 'number',
        name: 'headroom',
        default: 0.5,
        min: 0.001,
        about: 'How much faster than it comes in the stream can be read, as a share.',
      },
      // Proposal: a job restart with its state.
      {
        kind: 'duration',
        name: 'startup',
        default: fromSeconds(25),
        about: 'From a start until it reads on.',
      },
    ],
    terms: (values) => ({
      ...RESTART_ELSEWHERE,
      scope: 'job',
      minimum: 1,
      startup: values.number('startup'),
      rebuild: 0,
      replay: replayOf(values),
      data: undefined,
    }),
  },
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'streaming-workers',
        instances: values.number('workers'),
        amounts: { cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed') },
        curve: context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour'))),
        gang: true,
      },
      context,
    ),
};

/** Checkpoints go off the speed at which it can read. @throws InputError when it could never catch up. */
function replayOf(values: ParameterValues): Replay {
  const every = values.number('checkpointEvery');
  const cost = values.number('checkpointCost');
  const headroom = (1 + values.number('headroom')) * (1 - cost / every) - 1;
  if (!(headroom > 0))
    throw new InputError(
      { field: '--set streaming.headroom' },
      'leaves nothing to catch up with: raise it or checkpointEvery, or lower checkpointCost',
    );
  return { every, headroom };
}
