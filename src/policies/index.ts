/**
 * Scheduling policies and the contract they follow. This module and all it imports is plain arithmetic: no Node built-in,
 * no third-party code. The same objects decide in the simulator, in the live master and in a browser.
 */

export { type Parameter, ParameterValues } from '../model/index.js';
export { drfAllocator } from './allocators/drf.js';
export type { DrfSettings, SorterKind } from './allocators/hierarchical/drf-settings.js';
export { lotteryAllocator } from './allocators/lottery.js';
export { silosAllocator } from './allocators/silos.js';
export * from './contract.js';
export type * from './contract-control.js';
export * from './contract-offers.js';
export { CloudPool, type CloudPoolTerms } from './controllers/cloud-pool.js';
export { HorizontalScaler } from './controllers/horizontal/horizontal-scaler.js';
export { Oversubscription, type OversubscriptionTerms } from './controllers/oversubscription.js';
export type { LimitRule, VerticalTerms } from './controllers/vertical/vertical-parameters.js';
export { VerticalScaler } from './controllers/vertical/vertical-scaler.js';
export { PLACEMENTS, placementNamed } from './placement/index.js';
export type { Placement, PlacementChoice, PlacementTerms, PlacementView } from './placement/placement.js';
export { byIntegerScore, byScore, TIES, type Ties } from './placement/placement.js';
export type * from './policy.js';
export { POLICIES, policyNamed } from './registry.js';
export { type ListSchedulerParts, listScheduler } from './schedulers/list-scheduler.js';
