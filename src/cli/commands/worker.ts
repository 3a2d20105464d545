import type { CommandModule } from 'yargs';
import { QUEUE } from '../../lab/sweep/redis.js';
import { InputError } from '../../model/index.js';
import { pluralText } from '../../results/metric-text.js';
import { untilInterrupted } from '../interrupt.js';
import { writeMessage } from '../prose.js';
import { QUEUE_OPTIONS, workersOf } from '../sweep-options.js';

interface WorkerArguments {
  redis?: string;
  queue?: string;
  workers?: string;
  quiet?: boolean;
}

/** `simulate worker`: runs the runs of sweeps that other computers started. */
export function workerCommand(): CommandModule<object, WorkerArguments> {
  return {
    command: 'worker',
    describe: 'take runs of sweeps on this computer, from a queue (sweep --engine bullmq)',
    builder: (argv) =>
      argv
        .options(QUEUE_OPTIONS)
        .option('workers', { type: 'string', describe: 'runs at the same time [one per core]' })
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no notes' })
        .example('$0 worker --redis redis://host:6379', 'takes runs until Ctrl-C') as never,
    handler: (args) => serve(args),
  };
}

async function serve({ redis, queue = QUEUE, workers, quiet }: WorkerArguments): Promise<void> {
  if (redis === undefined)
    throw new InputError({ field: '--redis' }, 'is missing; a worker takes its runs from a Redis');
  const count = workersOf(workers);
  const note = quiet === true ? () => {} : writeMessage;
  const { serveCells } = await import('../../lab/sweep/bullmq-worker.js');
  const finished = await untilInterrupted((signal) =>
    serveCells({ redis, queue, workers: count, signal, note }),
  );
  note(`has finished ${pluralText(finished, 'run')}`);
}
