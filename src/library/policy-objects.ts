import { setImmediate as nextTurn } from 'node:timers/promises';
import { guardedPolicy } from '../lab/policy-file/guarded-policy.js';
import { checkParameters, checkPolicyName } from '../lab/policy-file/policy-description.js';
import { policyDigest } from '../lab/policy-file/policy-digest.js';
import { FILES } from '../lab/run/node/run.js';
import { type RunManyHooks, runMany } from '../lab/run/node/run-many.js';
import { performRun, type RunTask } from '../lab/run/node/run-task.js';
import { Interrupted } from '../lab/run/node/run-thread.js';
import type { RunSources } from '../lab/run/run-sources.js';
import type { RunRecord } from '../metrics/run-record.js';
import { InputError } from '../model/index.js';
import type { Policy } from '../policies/policy.js';

/** A policy as an object, with the path of its source: the summary then records a digest of it, as for a policy file. */
export interface PolicyOfSource {
  readonly policy: Policy;
  readonly source: string;
}

/** A policy: names and files with their arguments (`'drf,./mine.ts(spare=0.2)'`), or an object. */
export type PolicyChoice = string | Policy | PolicyOfSource;

interface KnownObject {
  readonly given: Policy;
  /** With errors in one line. */
  readonly policy: Policy;
  readonly source: string | undefined;
}

/**
 * The policies of a call that are objects. A specification of a run is plain data, so it names them by a text of their own. Their runs
 * are in this thread, because functions cannot be sent to another one.
 */
export class PolicyObjects {
  /** By the name in specifications. */
  private readonly byName = new Map<string, KnownObject>();

  /** Policies of specifications that are loaded already. */
  get loaded(): Map<string, Policy> {
    return new Map([...this.byName].map(([name, { policy }]) => [name, policy]));
  }

  /** Files of this computer, and these policies. */
  get sources(): RunSources {
    return {
      ...FILES,
      policy: async (name, watch) => this.byName.get(name)?.policy ?? FILES.policy(name, watch),
      policyDigest: async (name) => {
        const known = this.byName.get(name);
        if (known !== undefined) return known.source === undefined ? undefined : policyDigest(known.source);
        return policyDigest(name);
      },
    };
  }

  /** The policies as texts. @throws InputError for an object that is no policy. */
  named(choice: PolicyChoice | readonly PolicyChoice[] | undefined): string | string[] | undefined {
    if (choice === undefined || typeof choice === 'string') return choice;
    return (Array.isArray(choice) ? choice : [choice]).map((one, i) =>
      typeof one === 'string' ? one : this.add(one, i),
    );
  }

  /** Performs runs, those of objects one after another in this thread. Records are in the order of the tasks. @throws as `runMany` */
  async perform(tasks: readonly RunTask[], hooks: RunManyHooks): Promise<RunRecord[]> {
    const places = tasks.map((_task, place) => place);
    const isOfObject = (place: number) => this.byName.has(tasks[place].spec.policy);
    const [here, elsewhere] = [places.filter(isOfObject), places.filter((place) => !isOfObject(place))];
    if (here.length === 0) return runMany(tasks, hooks);
    const stop = new AbortController();
    const { signal } = stop;
    hooks.signal?.addEventListener('abort', () => stop.abort(), { once: true });
    if (hooks.signal?.aborted === true) stop.abort();
    const records: RunRecord[] = new Array(tasks.length);
    const parts = [
      this.performHere(here, tasks, records, { ...hooks, signal }),
      runMany(
        elsewhere.map((place) => tasks[place]),
        {
          signal,
          progress: (i, progress) => hooks.progress?.(elsewhere[i], progress),
          done: (i, record) => hooks.done?.(elsewhere[i], record),
        },
      ).then((all) => {
        for (const [i, record] of all.entries()) records[elsewhere[i]] = record;
      }),
    ];
    // The first failure stops the others; all of them have ended before it is reported, so that no file is written later.
    for (const part of parts) part.catch(() => stop.abort());
    const errors = (await Promise.allSettled(parts)).flatMap((end) =>
      end.status === 'rejected' ? [end.reason as Error] : [],
    );
    const first = errors.find((error) => !(error instanceof Interrupted)) ?? errors[0];
    if (first !== undefined) throw first;
    return records;
  }

  private async performHere(
    places: readonly number[],
    tasks: readonly RunTask[],
    records: RunRecord[],
    { signal, progress, done }: RunManyHooks,
  ): Promise<void> {
    for (const place of places) {
      const pause: Parameters<typeof performRun>[1] = {
        pause: async (now) => {
          progress?.(place, now);
          await nextTurn();
          if (signal?.aborted === true) throw new Interrupted();
        },
      };
      if (signal?.aborted === true) throw new Interrupted();
      records[place] = await performRun(tasks[place], pause, this.sources);
      done?.(place, records[place]);
    }
  }

  private add(given: Policy | PolicyOfSource, place: number): string {
    const { policy, source } = asObject(given, place);
    for (const [name, known] of this.byName)
      if (known.given === policy && known.source === source) return name;
    const name = `policy object ${this.byName.size + 1}`;
    this.byName.set(name, { given: policy, policy: guardedPolicy(policy, `policy ${policy.name}`), source });
    return name;
  }
}

/** @throws InputError for a value that is no policy. */
function asObject(given: Policy | PolicyOfSource, place: number): Omit<KnownObject, 'given'> {
  const isObject = typeof given === 'object' && given !== null;
  const { policy, source } = isObject && 'policy' in given ? given : { policy: given, source: undefined };
  if (!isObject || typeof policy?.build !== 'function')
    throw new InputError(
      { field: 'policy', path: ['policy', place] },
      'is no policy: expected a name, the path of a policy file, or an object with name, parameters and build()',
    );
  const shown = `policy ${String(policy.name)}`;
  checkPolicyName(policy.name, shown, false);
  checkParameters(policy.parameters, shown);
  return { policy, source };
}
