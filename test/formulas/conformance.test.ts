import { simulatedHost } from '../../src/conformance/simulated-host.js';
import type { Settings } from '../../src/conformance/subject.js';
import { list } from '../../src/formulas/list.js';
import { conformance } from '../conformance/conformance.js';
import { policySubject } from '../conformance/policy-subjects.js';

const SETTINGS: readonly Settings[] = [
  { order: 'priority + waited / 10 s', score: 'freeShare(cpus) - 0.2 * freeShare(gpus)' },
  { order: '-estimate', score: '-leftOver(cpus) - leftOver(mem)', backfill: 'easy' },
  { order: 'waited / timeLimit', backfill: 'easy', behind: 'shortest' },
  { order: 'running - dominantShare', score: 'tasksOn', backfill: 'none' },
  { order: 'gang ? 1 : -demand(cpus)', score: 'demandShare(cpus) * free(cpus)', preemption: 'lower-band' },
  { order: 'sqrt(priority - 2)', score: 'log(priority) * free(cpus) + waited / 1 s', ties: 'random' },
];

conformance({ ...policySubject(list), settings: SETTINGS }, simulatedHost, { runs: 120 });
