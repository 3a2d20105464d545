import type { LogHistogram } from '../kernels/log-histogram.js';
import type { ShareOverTime } from '../kernels/shares-over-time.js';
import {
  DISTRIBUTION_STATISTICS,
  type DistributionSummary,
  distributionSummary,
  type LevelSummary,
  levelSummary,
} from './statistics.js';

/** The version of the form of summary.json. */
export const SUMMARY_VERSION = 'fairground/summary@2' as const;

/** The unit of a number. `of the resource` is cores, MiB or devices, depending on the resource. */
export type Unit =
  | 's'
  | 'h'
  | 'share'
  | 'ratio'
  | 'probability'
  | 'nines'
  | 'count'
  | 'tasks'
  | 'jobs/h'
  | 'tasks/h'
  | 'bytes'
  | 'bytes/s'
  | 'currency'
  | 'of the resource'
  | 'of the resource x h';

/** A statistic of a distribution. */
export type Statistic = keyof DistributionSummary;

/** How tables and the gate treat a number. */
export interface Compared {
  /** Which direction is better; `neither` for numbers that only describe a run. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** `short`: in every table; `short-if-any`: only if some run has a value above 0; `long`: only with `--all`. */
  readonly table: 'short' | 'short-if-any' | 'long';
  /** Small values matter, so a table shows significant digits. */
  readonly isRare?: true;
  /** The value of the only framework equals that of the cluster, so it is shown only for several. */
  readonly ofSeveral?: true;
}

/** The conditions under which a part of the summary exists, with the text for docs/summary.md. */
export const NEEDS = {
  failures: 'only when failures are on',
  elasticity: 'only when elasticity is configured',
  prices: 'only when a machine has a price',
  health: 'only for services, when failures are on',
  data: 'only for services with replicated data, when failures are on',
  scaling: 'only for applications with horizontal scaling',
  limits: 'only for services with vertical scaling',
  tenants: 'only when the cluster has tenants',
  operations: 'only when there were operations',
  dependencies: 'only when a finished job had dependent tasks',
  any: 'absent when there were none',
  version2: 'absent in results of older versions',
} as const;

/** A condition of a part of the summary. */
export type Need = keyof typeof NEEDS;

/** Parts of a summary that are no metrics; their schemas are in data-schemas.ts. */
export type DataName = 'version' | 'run' | 'named-jobs' | 'rollouts' | 'drains';

interface Common {
  readonly about?: string | undefined;
  /** The key is absent unless the need is met. */
  readonly needs?: Need;
  /** The value is null where it does not exist. */
  readonly isNullable?: true;
  /** `steady`: the warm-up is left out of it and of everything below it. */
  readonly span?: 'steady';
}

/** What is known of an entry before there is a run. */
export type Shape = Common &
  (
    | { readonly kind: 'number'; readonly unit: Unit; readonly compared?: Compared | undefined }
    | {
        readonly kind: 'distribution' | 'level';
        readonly unit: Unit;
        readonly compared: Readonly<Record<string, Compared>>;
      }
    | { readonly kind: 'group'; readonly fields: Readonly<Record<string, Shape>> }
    | {
        readonly kind: 'each';
        /** What the keys name. */
        readonly names: 'resource' | 'framework' | 'tenant' | 'scheduler' | 'cause' | 'reason' | 'role';
        readonly entry: Shape;
      }
    | { readonly kind: 'data'; readonly data: DataName }
  );

type Arguments = readonly unknown[];

/** A metric, or a group of them: how it is described, and how it is computed. */
export interface Entry<A extends Arguments, V> {
  readonly shape: Shape;
  readonly compute: (...where: A) => V;
}

type ValueOf<E> = E extends { readonly compute: (...where: never) => infer V } ? V : never;
type Simplified<T> = { [K in keyof T]: T[K] };
type GroupValue<F> = Simplified<
  { -readonly [K in keyof F as undefined extends ValueOf<F[K]> ? never : K]: ValueOf<F[K]> } & {
    -readonly [K in keyof F as undefined extends ValueOf<F[K]> ? K : never]?: Exclude<
      ValueOf<F[K]>,
      undefined
    >;
  }
>;

/** The text of a number, and how tables treat it. */
export interface NumberText extends Partial<Compared> {
  readonly unit: Unit;
  readonly about?: string;
}

/** The text of a distribution, and which of its statistics tables show. */
export interface DistributionText {
  readonly unit: 's' | 'ratio';
  readonly about: string;
  readonly better?: Compared['better'];
  /** Statistics of every table, and those only of `--all`. */
  readonly short?: readonly Statistic[];
  readonly long?: readonly Statistic[];
  readonly ifAny?: true;
  readonly ofSeveral?: true;
}

/** Recorded values are divided by this number: both durations and ratios are recorded in millionths. */
const RECORDED_PER_UNIT = 1_000_000;

/** The constructors of entries that are computed from these arguments: a run, or a run and a framework. */
export function entriesOf<A extends Arguments>() {
  return {
    /** A number. Without `table`, it stands only in the summary. */
    number<V extends number | null>(compute: (...where: A) => V, text: NumberText): Entry<A, V> {
      const { unit, about, better = 'neither', table, isRare, ofSeveral } = text;
      const compared: Compared | undefined =
        table === undefined
          ? undefined
          : { better, table, ...(isRare && { isRare }), ...(ofSeveral && { ofSeveral }) };
      return { shape: { kind: 'number', unit, about, compared }, compute };
    },

    /** A number that can be missing. */
    maybe(compute: (...where: A) => number | null, text: NumberText): Entry<A, number | null> {
      const { shape } = this.number(compute, text);
      return { shape: { ...shape, isNullable: true }, compute };
    },

    /** The statistics of a histogram. */
    distribution(
      histogram: (...where: A) => LogHistogram,
      text: DistributionText,
    ): Entry<A, DistributionSummary> {
      const { unit, about, better = 'lower', short = [], long = [], ifAny, ofSeveral } = text;
      const tableOf = (statistic: Statistic): Compared['table'] => {
        if (!short.includes(statistic)) return 'long';
        return ifAny ? 'short-if-any' : 'short';
      };
      const compared = Object.fromEntries(
        DISTRIBUTION_STATISTICS.filter(
          (statistic) => short.includes(statistic) || long.includes(statistic),
        ).map((statistic) => [
          statistic,
          { better, table: tableOf(statistic), ...(ofSeveral && { ofSeveral }) } satisfies Compared,
        ]),
      );
      return {
        shape: { kind: 'distribution', unit, about, compared },
        compute: (...where) => distributionSummary(histogram(...where), RECORDED_PER_UNIT),
      };
    },

    /** The statistics of a share over time. Tables show its mean. */
    level(
      share: (...where: A) => ShareOverTime,
      text: { readonly about: string; readonly better: Compared['better'] },
    ): Entry<A, LevelSummary> {
      const { about, better } = text;
      return {
        shape: { kind: 'level', unit: 'share', about, compared: { mean: { better, table: 'short' } } },
        compute: (...where) => levelSummary(share(...where)),
      };
    },

    /** An object with these fields. */
    group<F extends Readonly<Record<string, Entry<A, unknown>>>>(
      fields: F,
      about?: string,
    ): Entry<A, GroupValue<F>> {
      const names = Object.keys(fields);
      return {
        shape: {
          kind: 'group',
          about,
          fields: Object.fromEntries(names.map((name) => [name, fields[name].shape])),
        },
        compute: (...where) => {
          const values: Record<string, unknown> = {};
          for (const name of names) {
            const value = fields[name].compute(...where);
            if (value !== undefined) values[name] = value;
          }
          return values as GroupValue<F>;
        },
      };
    },

    /** An entry for each name. The order of the names is that of the keys in the summary. */
    each<K, V>(
      names: (Shape & { kind: 'each' })['names'],
      list: (...where: A) => readonly (readonly [name: string, which: K])[],
      entry: Entry<readonly [...A, K], V>,
      about?: string,
    ): Entry<A, Record<string, V>> {
      return {
        shape: { kind: 'each', names, about, entry: entry.shape },
        compute: (...where) =>
          Object.fromEntries(
            list(...where).map(([name, which]) => [name, entry.compute(...([...where, which] as const))]),
          ),
      };
    },

    /** The key is absent if the need is not met. */
    needing<V>(need: Need, isMet: (...where: A) => boolean, entry: Entry<A, V>): Entry<A, V | undefined> {
      return {
        shape: { ...entry.shape, needs: need },
        compute: (...where) => (isMet(...where) ? entry.compute(...where) : undefined),
      };
    },

    /** An entry that results of version 1 need not have. */
    sinceVersion2<V>(entry: Entry<A, V>): Entry<A, V | undefined> {
      return this.needing('version2', () => true, entry);
    },

    /** An entry about something that need not exist. The key is absent without it. */
    ifThere<T, V>(
      need: Need,
      find: (...where: A) => T | undefined,
      entry: Entry<readonly [T], V>,
    ): Entry<A, V | undefined> {
      return {
        shape: { ...entry.shape, needs: need },
        compute: (...where) => {
          const found = find(...where);
          return found === undefined ? undefined : entry.compute(found);
        },
      };
    },

    /** null if the value does not exist. */
    orNull<V>(exists: (...where: A) => boolean, entry: Entry<A, V>): Entry<A, V | null> {
      return {
        shape: { ...entry.shape, isNullable: true },
        compute: (...where) => (exists(...where) ? entry.compute(...where) : null),
      };
    },

    /** A part that is no metric. */
    data<V>(data: DataName, compute: (...where: A) => V, about?: string): Entry<A, V> {
      return { shape: { kind: 'data', data, about }, compute };
    },
  };
}
