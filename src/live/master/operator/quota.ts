import { z } from 'zod';
import {
  type Amounts,
  isChargeable,
  isRolePath,
  isWithin,
  ownerOf,
  type Parcels,
  type Quota,
  quote,
} from '../../../model/index.js';
import { keptEntries } from '../../store.js';
import { HttpError } from '../../wire/http-error.js';
import { type OperatorMembers, type QuotaConfig, quotaConfigSchema } from '../../wire/operator-call.js';
import { amountsOfScalars, LEDGER_NAMES } from '../../wire/resources.js';
import type { View } from '../authorization/view.js';
import { rescind, withAllocation } from '../offers/offers.js';
import type { MasterState, OfferRecord } from '../state.js';
import { isTerminal } from '../tasks/status.js';

/** Store key of all quota: one value, so that several roles change atomically. */
const KEY = 'quota';

/** Recovers quota from the store. */
export async function recoverQuotas(state: MasterState): Promise<void> {
  for (const [, configs] of await keptEntries(state.store, KEY, z.array(quotaConfigSchema)))
    for (const config of configs) applyQuota(state, config);
}

/**
 * UPDATE_QUOTA: applies all configs or none. Without `force`, the guarantees of all roles must fit in the cluster, and a limit
 * may not be below the usage of its role (Mesos, docs/quota.md, master/quota_handler.cpp).
 * @throws HttpError 400
 */
export async function updateQuota(
  state: MasterState,
  { quota_configs: configs, force = false }: OperatorMembers['update_quota'],
): Promise<void> {
  if (new Set(configs.map(({ role }) => role)).size < configs.length)
    throw new HttpError(400, "Invalid 'quota_configs': a role is listed twice");
  const wanted = new Map([...state.quotas, ...configs.map((config) => [config.role, config] as const)]);
  for (const config of configs) checkConfig(config);
  if (!force) {
    checkCapacity(state, [...wanted.values()], 400);
    for (const config of configs) checkLimits(state, config);
  }
  await putQuotas(state, configs, wanted);
}

/**
 * SET_QUOTA (legacy call): sets guarantee and limit to the same value.
 * @throws HttpError 400; 409 when the cluster is too small.
 */
export async function setQuota(
  state: MasterState,
  { quota_request: { role = '', guarantee, force = false } }: OperatorMembers['set_quota'],
): Promise<void> {
  const amounts = Object.fromEntries(
    guarantee.map(({ name, type, scalar }) => {
      if (type !== 'SCALAR' || scalar === undefined)
        throw new HttpError(400, 'Failed to validate set quota request: expecting scalar resources');
      return [name, scalar];
    }),
  );
  const config = { role, guarantees: amounts, limits: amounts };
  checkConfig(config);
  if (state.quotas.has(role))
    throw new HttpError(400, `Failed to validate set quota request: role ${quote(role)} already has quota`);
  const wanted = new Map([...state.quotas, [role, config]]);
  if (!force) checkCapacity(state, [...wanted.values()], 409);
  await putQuotas(state, [config], wanted);
}

/** REMOVE_QUOTA. @throws HttpError 400 when the role has none. */
export async function removeQuota(state: MasterState, role: string): Promise<void> {
  if (!state.quotas.has(role))
    throw new HttpError(400, `Failed to remove quota: role ${quote(role)} has no quota set`);
  const config = { role };
  await putQuotas(state, [config], new Map([...state.quotas, [role, config]]));
}

/** The answer to GET_QUOTA: roles with quota, in the current and in the legacy format. */
export function quotaAnswer(state: MasterState, view: View): object {
  const configs = [...state.quotas.values()].filter(({ role }) => view.quota(role));
  const infos = configs.map(({ role, guarantees = {} }) => ({
    role,
    guarantee: Object.entries(guarantees).map(([name, scalar]) => ({ name, type: 'SCALAR', scalar })),
  }));
  return { status: { infos, configs } };
}

/** Writes the store, then updates the allocator, then rescinds offers that break the new quota. */
async function putQuotas(
  state: MasterState,
  changed: readonly QuotaConfig[],
  wanted: ReadonlyMap<string, QuotaConfig>,
): Promise<void> {
  await state.store.put(KEY, [...wanted.values()].filter(hasQuota));
  withAllocation(state, () => {
    for (const config of changed) {
      applyQuota(state, config);
      keepLimit(state, config);
      makeWayForGuarantee(state, config);
    }
  });
}

function applyQuota(state: MasterState, config: QuotaConfig): void {
  if (hasQuota(config)) {
    state.quotas.set(config.role, config);
    state.host.setQuota(config.role, quotaOf(config));
  } else {
    state.quotas.delete(config.role);
    state.host.setQuota(config.role, undefined);
  }
}

function hasQuota({ guarantees = {}, limits = {} }: QuotaConfig): boolean {
  return Object.keys(guarantees).length > 0 || Object.keys(limits).length > 0;
}

function quotaOf({ guarantees = {}, limits = {} }: QuotaConfig): Quota {
  return { guarantee: amountsOfScalars(guarantees), limit: amountsOfScalars(limits) };
}

function checkConfig(config: QuotaConfig): void {
  const { role } = config;
  if (role === '*' || !isRolePath(role)) throw new HttpError(400, `Invalid quota role ${quote(role)}`);
  if (role.includes('/'))
    throw new HttpError(
      400,
      `Setting quota on nested role ${quote(role)} is not supported; use ${quote(role.split('/')[0])}`,
    );
  const { guarantee, limit } = quotaOf(config);
  for (const [name, amount] of Object.entries(guarantee))
    if (amount > (limit[name] ?? amount))
      throw new HttpError(
        400,
        `Invalid quota of role ${quote(role)}: the guarantee of ${name} is above its limit`,
      );
}

function checkCapacity(state: MasterState, configs: readonly QuotaConfig[], status: number): void {
  const total = amountsOf([...state.agents.keys()].flatMap((id) => state.host.totalOf(id)));
  const promised: Record<string, number> = {};
  for (const config of configs)
    for (const [name, amount] of Object.entries(quotaOf(config).guarantee))
      promised[name] = (promised[name] ?? 0) + amount;
  for (const [name, amount] of Object.entries(promised))
    if (amount > (total[name] ?? 0))
      throw new HttpError(
        status,
        `Not enough available cluster capacity to reasonably satisfy quota request: the guarantees of ${name} exceed the capacity of the agents; 'force' overrides this check`,
      );
}

function checkLimits(state: MasterState, config: QuotaConfig): void {
  const consumed = consumption(state, config.role);
  for (const [name, limit] of Object.entries(quotaOf(config).limit))
    if ((consumed[name] ?? 0) > limit)
      throw new HttpError(
        400,
        `Invalid quota of role ${quote(config.role)}: the role already uses more ${name} than the limit; 'force' overrides this check`,
      );
}

/** Quota consumption of a top-level role: its tasks on unreserved resources plus all its reservations. In quanta. */
function consumption(state: MasterState, role: string): Amounts {
  const tasks = [...state.tasks.values()].filter(
    (task) => isWithin(task.role, role) && !isTerminal(task.state),
  );
  const groups = new Set(tasks.flatMap(({ group }) => group ?? []));
  const used = [...tasks, ...groups].flatMap(({ parcels }) => parcels.filter(isChargeable));
  const reserved = [...state.agents.keys()]
    .flatMap((id) => state.host.totalOf(id))
    .filter((parcel) => isWithin(ownerOf(parcel) ?? '', role));
  return amountsOf([...used, ...reserved]);
}

function amountsOf(parcels: Parcels): Amounts {
  const sums: Record<string, number> = {};
  for (const { dimension, amount, form } of parcels) {
    if (form === 'ranges') continue;
    const name = LEDGER_NAMES[dimension] as string;
    sums[name] = (sums[name] ?? 0) + amount;
  }
  return sums;
}

function offersWithin(state: MasterState, isOurs: (offer: OfferRecord) => boolean): readonly OfferRecord[] {
  return [...state.offers.values()].filter(isOurs);
}

/** Rescinds offers to the role until consumption plus offers respect the limit. */
function keepLimit(state: MasterState, config: QuotaConfig): void {
  const limits = Object.entries(quotaOf(config).limit);
  const outstanding = offersWithin(state, ({ role }) => isWithin(role, config.role));
  const isAbove = (offers: readonly OfferRecord[]) => {
    const consumed = consumption(state, config.role);
    const offered = amountsOf(offers.flatMap(({ parcels }) => parcels.filter(isChargeable)));
    return limits.some(([name, limit]) => (consumed[name] ?? 0) + (offered[name] ?? 0) > limit);
  };
  for (let left = outstanding; left.length > 0 && isAbove(left); left = left.slice(1))
    rescind(state, left[0] as OfferRecord);
}

/** Rescinds offers to other roles until free resources cover the guarantee. */
function makeWayForGuarantee(state: MasterState, config: QuotaConfig): void {
  const promised = Object.entries(quotaOf(config).guarantee);
  const isShort = () => {
    const free = amountsOf([...state.agents.keys()].flatMap((id) => state.host.freeOf(id)));
    const consumed = consumption(state, config.role);
    return promised.some(([name, amount]) => amount > (free[name] ?? 0) + (consumed[name] ?? 0));
  };
  for (const offer of offersWithin(state, ({ role }) => !isWithin(role, config.role))) {
    if (!isShort()) return;
    rescind(state, offer);
  }
}
