import { fromSeconds, InputError, MINUTE, type ParameterValues } from '../../model/index.js';
import { RESTART_ELSEWHERE, type Replay } from '../recovery.js';
import { dailyWave, peakHour, peakToMean } from './daily-wave.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import { startup } from './recovery-parameters.js';
import type { Service } from './service.js';

/** A stream processor with a gang of workers. When one is lost, all restart from the last checkpoint. */
export const streaming: Service = {
  name: 'streaming',
  about: 'A stream processor: a gang of workers that restarts from its last checkpoint when one is lost.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'workers', default: 20, min: 0, integer: true, about: 'Workers of the job.' },
    // Proposal.
    cpus(4, 'worker'),
    // Proposal.
    memGiB(8, 'worker'),
    // As for Kafka, which it reads from.
    peakToMean(1.4),
    // Proposal.
    peakHour(15),
    // Proposal.
    cpuUsed(0.5, 'at mean load'),
    // Proposal.
    memUsed(0.7),
  ],
  recovery: {
    parameters: [
      // Proposal: there is no default; minutes are usual.
      {
        kind: 'duration',
        name: 'checkpointEvery',
        default: MINUTE,
        about: 'Time between two checkpoints.',
      },
      // Proposal.
      {
        kind: 'duration',
        name: 'checkpointCost',
        default: fromSeconds(2),
        about: 'Time that one checkpoint takes. No work is done meanwhile.',
      },
      // Proposal.
      {
        kind: 'number',
        name: 'headroom',
        default: 0.5,
        min: 0.001,
        about: 'How much faster the stream can be read than it arrives, as a share.',
      },
      // Proposal: a job restart with its state.
      startup(fromSeconds(25), 'it resumes reading'),
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
        curve: dailyWave(values, context),
        gang: true,
      },
      values,
      context,
    ),
};

/** Checkpoints reduce the speed at which it can read. @throws InputError when it could never catch up. */
function replayOf(values: ParameterValues): Replay {
  const every = values.number('checkpointEvery');
  const cost = values.number('checkpointCost');
  const headroom = (1 + values.number('headroom')) * (1 - cost / every) - 1;
  if (!(headroom > 0))
    throw new InputError(
      { field: '--set streaming.headroom' },
      'leaves no capacity to catch up: raise headroom or checkpointEvery, or lower checkpointCost',
    );
  return { every, headroom };
}
