import {
  type Amounts,
  InputError,
  isRolePath,
  isWithin,
  normalRanges,
  ownerOf,
  type Parcel,
  type Parcels,
  type PersistentVolume,
  parcelsPlus,
  quote,
  RESOURCE_NAMES,
  type ResourceKind,
  rangesSize,
  resourceKind,
  toQuanta,
} from '../../model/index.js';
import { isFolderName } from './folder-name.js';
import { HttpError } from './http-error.js';
import type { ResourceMessage, Scalars } from './messages.js';

/** The dimensions of a live ledger: all known resources. */
export const LEDGER_NAMES = RESOURCE_NAMES;

/** Converts resources to parcels of the ledger. @throws HttpError 400 for unknown or unsupported resources. */
export function parcelsOfMessages(messages: readonly ResourceMessage[]): Parcels {
  return messages.reduce<Parcels>((sum, message) => {
    const parcel = parcelOf(message);
    return parcel.amount === 0 ? sum : parcelsPlus(sum, [parcel]);
  }, []);
}

/** Amounts by name in quanta. @throws HttpError 400 when a resource is unknown, or an amount is negative or too large. */
export function amountsOfScalars(scalars: Scalars): Amounts {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, { value }]) => [name, quantaOf(kindOf(name), value)]),
  );
}

function kindOf(name: string): ResourceKind {
  const kind = resourceKind(name);
  if (kind === undefined)
    throw new HttpError(400, `unknown resource ${quote(name)}, expected one of ${LEDGER_NAMES.join(', ')}`);
  return kind;
}

function parcelOf(message: ResourceMessage): Parcel {
  const kind = kindOf(message.name);
  const reservations = reservationsOf(message);
  if (
    !reservations.every(isReservable) ||
    !reservations.every((role, i) => i === 0 || refines(role, reservations[i - 1]))
  )
    throw new HttpError(400, `resource ${message.name}: reservations must refine each other`);
  const common = {
    dimension: LEDGER_NAMES.indexOf(message.name),
    reservations,
    supply: message.revocable === undefined ? ('regular' as const) : ('revocable' as const),
    ...volumeMember(message, reservations),
  };
  if (message.type === 'RANGES') {
    const ranges = rangesOf(message);
    return { ...common, form: 'ranges', ranges, amount: rangesSize(ranges) };
  }
  if (message.type !== 'SCALAR' || message.scalar === undefined)
    throw new HttpError(400, `resource ${message.name}: expected a scalar or ranges`);
  const form = message.disk?.source?.type === 'MOUNT' ? 'exclusive' : 'divisible';
  return { ...common, form, ranges: [], amount: quantaOf(kind, message.scalar.value) };
}

function volumeMember(
  { name, disk }: ResourceMessage,
  reservations: readonly string[],
): { readonly volume?: PersistentVolume } {
  if (disk?.persistence === undefined) return {};
  const { id } = disk.persistence;
  if (name !== 'disk' || reservations.length === 0)
    throw new HttpError(400, `resource ${name}: a persistent volume requires reserved disk`);
  if (!isFolderName(id))
    throw new HttpError(400, `persistent volume ${quote(id)}: the id is not a valid folder name`);
  const containerPath = disk.volume?.container_path ?? '';
  if (!containerPath.split('/').every(isFolderName))
    throw new HttpError(
      400,
      `persistent volume ${quote(id)}: found the container_path ${quote(containerPath)}, expected a path within the sandbox`,
    );
  return { volume: { id, containerPath } };
}

function isReservable(role: string): boolean {
  return role !== '*' && isRolePath(role);
}

function refines(role: string, above: string | undefined): boolean {
  return above !== undefined && role !== above && isWithin(role, above);
}

function quantaOf(kind: ResourceKind, value: number): number {
  try {
    return toQuanta(kind, value);
  } catch (error) {
    if (error instanceof InputError) throw new HttpError(400, error.message);
    throw error;
  }
}

function rangesOf({ name, ranges }: ResourceMessage): Parcel['ranges'] {
  const pairs = (ranges?.range ?? []).map(({ begin, end }) => [begin, end] as const);
  const isSound = pairs.every(
    ([begin, end]) => Number.isSafeInteger(begin) && Number.isSafeInteger(end) && 0 <= begin && begin <= end,
  );
  if (!isSound) throw new HttpError(400, `resource ${name}: expected ranges of whole numbers`);
  return normalRanges(pairs);
}

/** Both formats of the API: the stack of reservations and the legacy single role. */
function reservationsOf({ role, reservations }: ResourceMessage): readonly string[] {
  if (reservations !== undefined && reservations.length > 0)
    return reservations.map((reservation) => reservation.role ?? '');
  return role === undefined || role === '*' ? [] : [role];
}

/** Converts parcels to resources of the API, with their allocation role if any. */
export function resourceMessages(parcels: Parcels, allocatedTo?: string): readonly ResourceMessage[] {
  return parcels.map((parcel) => {
    const name = LEDGER_NAMES[parcel.dimension] as string;
    const quantaPerUnit = resourceKind(name)?.quantaPerUnit ?? 1;
    return {
      name,
      ...(parcel.form === 'ranges'
        ? {
            type: 'RANGES' as const,
            ranges: { range: parcel.ranges.map(([begin, end]) => ({ begin, end })) },
          }
        : { type: 'SCALAR' as const, scalar: { value: parcel.amount / quantaPerUnit } }),
      ...reservationMembers(parcel),
      ...(parcel.supply === 'revocable' && { revocable: {} }),
      ...diskMember(parcel),
      ...(allocatedTo !== undefined && { allocation_info: { role: allocatedTo } }),
    };
  });
}

function diskMember({ form, volume }: Parcel): Pick<ResourceMessage, 'disk'> {
  if (form !== 'exclusive' && volume === undefined) return {};
  return {
    disk: {
      ...(volume !== undefined && {
        persistence: { id: volume.id },
        volume: { container_path: volume.containerPath, mode: 'RW' },
      }),
      ...(form === 'exclusive' && { source: { type: 'MOUNT' } }),
    },
  };
}

/** A single reservation is sent in both formats, for old and new clients. */
function reservationMembers(parcel: Parcel): Partial<ResourceMessage> {
  const owner = ownerOf(parcel);
  if (owner === undefined) return { role: '*' };
  const reservations = parcel.reservations.map((role) => ({ type: 'DYNAMIC', role }));
  return parcel.reservations.length === 1 ? { role: owner, reservations } : { reservations };
}

const FORM = 'name:amount joined by ";", such as cpus:4;mem:4096;mem(role):512;ports:[31000-32000]';

/**
 * Parses the resources of an agent: `cpus:4;mem:4096`, `cpus(ads):8` reserved for a role, `ports:[31000-32000]`.
 * @throws InputError
 */
export function parseAgentResources(text: string): Parcels {
  const place = { field: '--resources' };
  const parts = text.split(';').filter((part) => part.trim() !== '');
  if (parts.length === 0) throw InputError.expected(place, text, FORM);
  try {
    return parcelsOfMessages(parts.map((part) => writtenResource(part.trim())));
  } catch (error) {
    if (error instanceof HttpError) throw new InputError(place, error.message);
    throw error;
  }
}

function writtenResource(part: string): ResourceMessage {
  const match = /^([\w.-]+)(?:\(([^)]+)\))?\s*:\s*(?:(\d+(?:\.\d+)?)|\[([^\]]*)\])$/.exec(part);
  if (match === null) throw InputError.expected({ field: '--resources' }, part, FORM);
  const [, name, role, amount, ranges] = match as unknown as [string, string, string?, string?, string?];
  const members = { name, ...(role !== undefined && { role }) };
  if (amount !== undefined) return { ...members, type: 'SCALAR', scalar: { value: Number(amount) } };
  const range = (ranges ?? '').split(',').map((pair) => {
    const [begin, end] = pair.split('-').map(Number);
    return { begin: begin as number, end: end ?? (begin as number) };
  });
  return { ...members, type: 'RANGES', ranges: { range } };
}
