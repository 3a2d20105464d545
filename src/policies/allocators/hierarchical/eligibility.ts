import type { FrameworkTraits, MachineTraits, Parcel, RolePath } from '../../../model/index.js';
import type { DrfSettings } from './drf-settings.js';

/** May a framework with these traits be offered anything of a machine with those (Mesos: isCapableOfReceivingAgent, isFiltered)? */
export function mayReceive(
  framework: FrameworkTraits,
  role: RolePath,
  machine: MachineTraits,
  gpuMachines: DrfSettings['gpuMachines'],
): boolean {
  const { capabilities } = framework;
  if (gpuMachines === 'for-gpu-frameworks' && machine.gpus === 'some' && !capabilities.has('GPU_RESOURCES'))
    return false;
  if (machine.region === 'remote' && !capabilities.has('REGION_AWARE')) return false;
  if (capabilities.has('MULTI_ROLE') && !machine.capabilities.has('MULTI_ROLE')) return false;
  return machine.capabilities.has('HIERARCHICAL_ROLE') || !role.includes('/');
}

/** Can a framework with these traits make sense of the parcel (Mesos: stripIncapableResources)? */
export function understands(framework: FrameworkTraits, parcel: Parcel): boolean {
  const { capabilities } = framework;
  if (parcel.supply === 'revocable' && !capabilities.has('REVOCABLE_RESOURCES')) return false;
  return parcel.reservations.length < 2 || capabilities.has('RESERVATION_REFINEMENT');
}
