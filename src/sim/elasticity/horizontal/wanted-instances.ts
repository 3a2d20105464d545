import { type ScalingTerms, wholeInstances } from '../../../workloads/scaled-application.js';
import type { Measurement } from './measurement.js';
import { type PastLoad, predictedLoad } from './predicted-load.js';
import { scheduledInstances } from './scheduled-instances.js';
import { targetUtilization } from './target-utilization.js';

/** Instances that the rule of an application asks for, within its bounds. */
export function wantedInstances(measured: Measurement, past: PastLoad, terms: ScalingTerms): number {
  return Math.min(terms.most, Math.max(terms.least, byRule(measured, past, terms)));
}

function byRule(measured: Measurement, past: PastLoad, terms: ScalingTerms): number {
  switch (terms.rule) {
    case 'target':
      return targetUtilization(measured, terms);
    case 'scheduled':
      return scheduledInstances(measured.now, terms.schedule);
    case 'predictive':
      // A forecast only adds: what is measured now must be served, too.
      return Math.max(
        targetUtilization(measured, terms),
        wholeInstances(predictedLoad(measured.now, terms.lead, past) / terms.target),
      );
  }
}
