import { type ScalingTerms, wholeInstances } from '../../../workloads/scaled-application.js';
import type { Measurement } from './measurement.js';

/**
 * As many instances as bring the utilization to its target: serving x utilization / target, rounded up; within the tolerance no change.
 * Source: the Kubernetes HorizontalPodAutoscaler (Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details).
 */
export function targetUtilization(
  { wanted, serving, utilization }: Measurement,
  { target, tolerance }: Pick<ScalingTerms, 'target' | 'tolerance'>,
): number {
  if (serving === 0) return wanted;
  const ratio = utilization / target;
  return Math.abs(ratio - 1) <= tolerance ? wanted : wholeInstances(serving * ratio);
}
