import { AllocatorHost, type MadeOffer } from '../../live/allocation/allocator-host.js';
import type { LogHeader, TurnRecord } from '../../live/decisions/decision-log.js';
import { applyInput, type HostInput } from '../../live/decisions/host-inputs.js';
import { InputError, type Parcel, resourceKind } from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { masterPolicy } from '../policy-file/master-policy.js';
import { readDecisions } from './read-decisions.js';

/** The result of a replay. */
export interface Replay {
  /** Number of master starts in the log. */
  readonly lives: number;
  /** Turns in which the allocator decided, with or without offers. */
  readonly allocations: number;
  /** Number of equal offers. An offer is of one agent to one framework in one role. */
  readonly offers: number;
  /** The first turn that differs. The replay stops there. */
  readonly difference: Difference | undefined;
}

/** A turn whose replay differs from the log. */
export interface Difference {
  readonly line: number;
  readonly turn: TurnRecord;
  /** The turns before it, the latest last. */
  readonly before: readonly LoggedTurn[];
  /** Offers as text, see offerText. `place` is the index of the first one that differs. */
  readonly logged: readonly string[];
  readonly replayed: readonly string[];
  readonly place: number;
}

/** A turn and its line number. */
export interface LoggedTurn {
  readonly line: number;
  readonly turn: TurnRecord;
}

/** Number of turns that are shown before a difference. */
const CONTEXT_TURNS = 4;

/**
 * Sends the logged inputs to the same allocator at the logged times, and compares its offers with the logged ones. It has no clock,
 * no network and no processes, so equal offers depend on the logged inputs alone.
 * @throws InputError when the log cannot be read, or has impossible inputs.
 */
export async function replayDecisions(
  path: string,
  note: (text: string) => void = () => undefined,
): Promise<Replay> {
  let host: AllocatorHost | undefined;
  let names: readonly string[] = [];
  let [lives, allocations, offers] = [0, 0, 0];
  const before: LoggedTurn[] = [];
  for await (const { line, record } of readDecisions(path, note)) {
    if ('log' in record) {
      host = await hostOf(record, note);
      names = record.names;
      lives++;
    }
    if (!('inputs' in record) || host === undefined) continue;
    const decided = applyTurn(host, record, { file: path, line });
    if (record.offers !== undefined) {
      const texts = record.offers.map((offer) => offerText(offer, names));
      const replayed = decided.map((offer) => offerText(offer, names));
      const place = firstDifference(texts, replayed);
      const difference = { line, turn: record, before, logged: texts, replayed, place };
      if (place >= 0) return { lives, allocations, offers, difference };
      allocations++;
      offers += texts.length;
    }
    before.push({ line, turn: record });
    if (before.length > CONTEXT_TURNS) before.shift();
  }
  return { lives, allocations, offers, difference: undefined };
}

/**
 * Makes the allocator of the log. A policy with another source is replayed too: that shows what its change would have decided.
 * @throws InputError when the policy cannot be made, for example because its file is missing.
 */
async function hostOf(
  { names, policy, interval, seed, memory = [] }: LogHeader,
  note: (text: string) => void,
): Promise<AllocatorHost> {
  const { allocator, digest } = await masterPolicy(policy.use);
  if (digest !== policy.digest)
    note(
      `note: ${policy.use} has changed since the log was written (digest ${digest}, was ${policy.digest})`,
    );
  const random = new RandomStreams(seed).stream('allocator');
  // The master kept the offers that an allocator had made when it threw.
  return new AllocatorHost({ names, allocator, interval, random, memory, failed: () => undefined });
}

/** Applies the inputs of a turn. Returns the offers; none if the log has the decision in a later turn. */
function applyTurn(
  host: AllocatorHost,
  turn: TurnRecord,
  place: { readonly file: string; readonly line: number },
): readonly MadeOffer[] {
  host.now = turn.at;
  for (const input of turn.inputs) {
    try {
      applyInput(host, input);
    } catch (error) {
      // The host does not check its inputs. A log that was edited by hand may name agents that do not exist.
      throw new InputError(
        { ...place, field: input[0] },
        `is not a possible input of the allocator: ${(error as Error).message}`,
      );
    }
  }
  return turn.offers === undefined ? [] : host.collectOffers();
}

function firstDifference(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

/** `framework <- agent, role eng: cpus 4, mem 1024, cpus(ads) 2`. */
function offerText({ framework, role, agent, parcels }: MadeOffer, names: readonly string[]): string {
  return `${framework} <- ${agent}, role ${role}: ${parcels.map((parcel) => parcelText(parcel, names)).join(', ')}`;
}

function parcelText(
  { dimension, amount, ranges, reservations, supply, form }: Parcel,
  names: readonly string[],
) {
  const name = names[dimension] ?? `resource ${dimension}`;
  const of = reservations.length === 0 ? '' : `(${reservations.join(' > ')})`;
  const what = [supply, form].filter((word) => !['regular', 'divisible', 'ranges'].includes(word));
  const size =
    form === 'ranges'
      ? `[${ranges.map(([begin, end]) => `${begin}-${end}`).join(', ')}]`
      : amount / (resourceKind(name)?.quantaPerUnit ?? 1);
  return [`${name}${of} ${size}`, ...what].join(' ');
}

/** An input as a line of text: its name and its arguments, truncated if they are long. */
export function inputText([name, ...args]: HostInput): string {
  const text = args.map((arg) => JSON.stringify(arg)).join(' ');
  return `${name} ${text.length > 160 ? `${text.slice(0, 157)}...` : text}`;
}
